import MicOff from 'lucide-react/icons/mic-off';
import { strings } from '../../lib/strings';
import css from './Tile.module.css';

interface NameTagProps {
  readonly name: string;
  readonly isMuted: boolean;
}

export function NameTag({ name, isMuted }: NameTagProps) {
  return (
    <div className={css['tag']} {...(isMuted && { 'data-muted': true })}>
      {isMuted && <MicOff role="img" aria-label={strings.call.muted} />}
      <span dir="auto">{name}</span>
    </div>
  );
}
