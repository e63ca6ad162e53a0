import Copy from 'lucide-react/icons/copy';
import { linkOpens } from '../../lib/callPhrases';
import { linkTo } from '../../lib/route';
import { strings } from '../../lib/callStrings';
import { Button } from '../shared/Button';
import field from '../shared/Field.module.css';
import { useCall } from '../useCall';
import { copyLink } from './copyLink';
import css from './AloneCard.module.css';
import { Farewell } from './Farewell';
import type { NoticeBoard } from './NoticeBoard';

interface AloneCardProps {
  readonly board: NoticeBoard;
  /** Nobody was here since one came. */
  readonly isFirst: boolean;
}

/** Nobody else is here: the link to send them. */
export function AloneCard({ board, isFirst }: AloneCardProps) {
  const roomId = useCall((state) => state.roomId);
  const link = linkTo(roomId, location.origin);
  const opens = linkOpens(useCall((state) => state.room?.settings));
  return (
    <section className={css['card']}>
      <h2>{isFirst ? strings.call.first.what : strings.call.alone}</h2>
      <p>{isFirst ? `${strings.call.first.then} ${opens}` : opens}</p>
      <div className={field['field']}>
        <input
          readOnly
          dir="ltr"
          aria-label={strings.call.link}
          value={link.replace(/^https?:\/\//, '')}
          onFocus={(event) => {
            event.currentTarget.select();
          }}
        />
        <Button look="primary" onClick={() => void copyLink(link, opens, board)}>
          <Copy aria-hidden="true" />
          {strings.call.copy}
        </Button>
      </div>
      <Farewell />
    </section>
  );
}
