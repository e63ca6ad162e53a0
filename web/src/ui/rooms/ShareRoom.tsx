import Mail from 'lucide-react/icons/mail';
import Share2 from 'lucide-react/icons/share-2';
import { useState } from 'react';
import { roomStrings } from '../../lib/roomStrings';
import { linkTo } from '../../lib/route';
import { Button, buttonClass } from '../shared/Button';
import { copyText } from '../shared/copyText';
import field from '../shared/Field.module.css';
import { QrCode } from './QrCode';
import css from './ShareRoom.module.css';

interface ShareRoomProps {
  readonly roomId: string;
  /** How the room is called. */
  readonly title: string;
}

/** The link of a room: to copy, to hand on to another program or by mail, or for the camera of a phone. */
export function ShareRoom({ roomId, title }: ShareRoomProps) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const words = roomStrings.mine;
  const url = linkTo(roomId, location.origin);
  return (
    <div className={css['share']}>
      <div className={css['ways']}>
        <div className={css['link']}>
          <div className={field['field']}>
            <input
              readOnly
              dir="ltr"
              aria-label={words.link({ room: title })}
              value={url}
              onFocus={(event) => {
                event.currentTarget.select();
              }}
            />
            <Button onClick={() => void copyText(url).then(setCopied)}>
              {copied === true ? words.copied : words.copy}
            </Button>
          </div>
          <p role="status" className={css['fine']}>
            {copied === false && words.byHand}
          </p>
          {'share' in navigator && (
            <Button
              look="line"
              onClick={() => {
                // Who changes their mind has shared nothing.
                navigator.share({ title, url }).catch(() => undefined);
              }}
            >
              <Share2 aria-hidden="true" /> {words.send}
            </Button>
          )}
          <a className={buttonClass({ look: 'line' })} href={mailTo(title, `${words.mailText} ${url}`)}>
            <Mail aria-hidden="true" /> {words.mail}
          </a>
          <p className={css['fine']}>{words.codeText}</p>
        </div>
        <QrCode text={url} label={words.code} />
      </div>
    </div>
  );
}

/** Begins a mail (RFC 6068). Whom it is for the mail program asks. */
function mailTo(subject: string, body: string): string {
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}
