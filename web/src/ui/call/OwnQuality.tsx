import { ownQuality, pausedFor } from '../../call/callState';
import { strings } from '../../lib/callStrings';
import { useCall } from '../useCall';
import { OWN } from './Details';
import { QualityMark } from './QualityMark';
import css from './TopLine.module.css';

/** How one's own connection is, and in a word what it costs. */
export function OwnQuality() {
  const quality = useCall(ownQuality);
  const isPaused = useCall((state) => pausedFor(state).isForAll);
  if (quality === null) return null;
  const isWeak = quality === 'poor';
  return (
    <span className={css['quality']} role="status" {...((isWeak || isPaused) && { 'data-notice': true })}>
      {isPaused ? strings.quality.picturePaused : isWeak && strings.quality.weak}
      <QualityMark subject={OWN} quality={quality} name={null} />
    </span>
  );
}
