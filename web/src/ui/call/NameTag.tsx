import type { ReactNode } from 'react';
import MicOff from 'lucide-react/icons/mic-off';
import { strings } from '../../lib/callStrings';
import css from './Tile.module.css';

interface NameTagProps {
  readonly name: string;
  readonly isMuted: boolean;
  /** Goes with the controls when nobody moves; what is muted stays marked. */
  readonly fades?: boolean;
  /** How the connection is. */
  readonly children?: ReactNode;
}

export function NameTag({ name, isMuted, fades = false, children }: NameTagProps) {
  return (
    <div className={css['tag']} {...(isMuted ? { 'data-muted': true } : fades && { 'data-chrome': true })}>
      {isMuted && <MicOff role="img" aria-label={strings.call.muted} />}
      <span dir="auto">{name}</span>
      {children}
    </div>
  );
}
