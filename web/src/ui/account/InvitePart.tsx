import { useState } from 'react';
import { accountStrings } from '../../lib/accountStrings';
import { invite } from '../../protocol/accountApi';
import { Button } from '../shared/Button';
import { copyText } from '../shared/copyText';
import field from '../shared/Field.module.css';
import css from './Account.module.css';
import { Failure } from './Form';
import { useAct } from '../shared/useAsked';

/** A link with which somebody can make an account. */
export function InvitePart() {
  const [link, setLink] = useState<string | null>(null);
  const [isCopied, setCopied] = useState(false);
  const { isBusy, failure, run } = useAct();
  const words = accountStrings.mine;
  const make = () =>
    void run(async () => {
      setLink(location.origin + (await invite()).path);
      setCopied(false);
    });
  return (
    <section className={css['part']}>
      <h2>{words.invite}</h2>
      <p>{words.inviteText}</p>
      <Failure code={failure} />
      {link === null ? (
        <Button look="line" busy={isBusy} onClick={make}>
          {words.inviteGo}
        </Button>
      ) : (
        <div className={field['field']}>
          <input readOnly aria-label={words.link} value={link} />
          <Button
            onClick={() => {
              void copyText(link).then(setCopied);
            }}
          >
            {isCopied ? words.copied : words.copy}
          </Button>
        </div>
      )}
    </section>
  );
}
