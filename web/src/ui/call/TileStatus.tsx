import VolumeTwo from 'lucide-react/icons/volume-2';
import { lastSeen } from '../../lib/callPhrases';
import { strings } from '../../lib/callStrings';
import { Arc } from '../shared/Arc';
import { classes } from '../shared/classes';
import { useLate } from '../shared/useLate';
import { useNow } from '../shared/useNow';
import type { LinkStatus } from './tile';
import css from './Tile.module.css';

interface TileStatusProps {
  readonly status: Exclude<LinkStatus, null>;
  readonly name: string;
  /** When the link was lost, in ms (epoch). */
  readonly lostAt: number | null;
}

/** What keeps somebody's picture away, and since when. A first connection says nothing for a moment: it is
 *  mostly there by then. */
export function TileStatus({ status, name, lostAt }: TileStatusProps) {
  const isLate = useLate(status === 'connecting');
  if (status === 'connecting' && !isLate) return null;
  return (
    <div className={css['status']}>
      <Arc />
      <span>{titleOf(status, name)}</span>
      {status === 'failed' && <small>{strings.call.tryingAgain}</small>}
      {status === 'reconnecting' && lostAt !== null && <LastSeen at={lostAt} />}
    </div>
  );
}

function titleOf(status: TileStatusProps['status'], name: string): string {
  switch (status) {
    case 'connecting':
      return strings.call.connecting;
    case 'reconnecting':
      return strings.call.reconnecting;
    case 'failed':
      return strings.call.noWayThrough({ name });
  }
}

function LastSeen({ at }: { readonly at: number }) {
  const seconds = Math.max(1, Math.round((useNow() - at) / 1000));
  return <small>{lastSeen(seconds)}</small>;
}

/** Their camera is on, but the connection has no room for its picture. */
export function PausedPicture() {
  return (
    <div className={classes(css['status'], css['paused'])}>
      <span>
        <VolumeTwo aria-hidden="true" />
        {strings.quality.soundOnly}
      </span>
      <small>{strings.quality.tilePaused}</small>
    </div>
  );
}
