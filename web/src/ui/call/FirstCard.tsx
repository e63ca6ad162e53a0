import Copy from 'lucide-react/icons/copy';
import { linkTo } from '../../lib/route';
import { strings } from '../../lib/strings';
import { Button } from '../shared/Button';
import field from '../shared/Field.module.css';
import { useCall } from '../useCall';
import { copyLink } from './copyLink';
import css from './FirstCard.module.css';
import type { NoticeBoard } from './NoticeBoard';

/** Nobody else is here: the link to send them. */
export function FirstCard({ board }: { readonly board: NoticeBoard }) {
  const roomId = useCall((state) => state.roomId);
  const link = linkTo(roomId, location.origin);
  return (
    <section className={css['card']}>
      <h2>{strings.call.first.what}</h2>
      <p>{strings.call.first.then}</p>
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
        <Button look="primary" onClick={() => void copyLink(link, board)}>
          <Copy aria-hidden="true" />
          {strings.call.copy}
        </Button>
      </div>
    </section>
  );
}
