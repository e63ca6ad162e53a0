import MicOff from 'lucide-react/icons/mic-off';
import Pin from 'lucide-react/icons/pin';
import type { ReactNode } from 'react';
import type { TileKey } from '../../call/scene';
import { strings } from '../../lib/callStrings';
import { useStageControl } from './StageChoice';
import css from './Tile.module.css';

interface NameTagProps {
  readonly name: string;
  readonly isMuted: boolean;
  /** Goes with the controls when nobody moves; what is muted stays marked. */
  readonly fades?: boolean;
  /** The tile that a press on the name keeps large; null: there is nothing to choose. */
  readonly pin?: { readonly tile: TileKey; readonly isPinned: boolean } | null;
  /** How the connection is. */
  readonly children?: ReactNode;
}

export function NameTag({ name, isMuted, fades = false, pin = null, children }: NameTagProps) {
  return (
    <div className={css['tag']} {...(isMuted ? { 'data-muted': true } : fades && { 'data-chrome': true })}>
      {isMuted && <MicOff role="img" aria-label={strings.call.muted} />}
      {pin === null ? <span dir="auto">{name}</span> : <PinName name={name} {...pin} />}
      {children}
    </div>
  );
}

/** A name that a press keeps large. */
export function PinName({ name, tile, isPinned }: { name: string; tile: TileKey; isPinned: boolean }) {
  const control = useStageControl();
  return (
    <button
      type="button"
      className={css['pin']}
      aria-label={strings.stage.pin({ name })}
      aria-pressed={isPinned}
      onClick={() => {
        control.togglePin(tile);
      }}
    >
      {isPinned && <Pin aria-hidden="true" />}
      <span dir="auto">{name}</span>
    </button>
  );
}
