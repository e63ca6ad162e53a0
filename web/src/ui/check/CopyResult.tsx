import Copy from 'lucide-react/icons/copy';
import { useState } from 'react';
import { outcomeOf, type CheckState } from '../../call/check/checkState';
import { checkStrings, report } from '../../lib/checkStrings';
import { Button } from '../shared/Button';
import { copyText } from '../shared/copyText';
import css from './CheckView.module.css';

/** Puts the result on the clipboard as text; or shows it, where the browser does not let us. */
export function CopyResult({ steps }: { readonly steps: CheckState['steps'] }) {
  const [copied, setCopied] = useState<'not yet' | 'copied' | 'refused'>('not yet');
  const text = () =>
    report(steps, outcomeOf(steps), {
      origin: location.origin,
      browser: navigator.userAgent,
    });
  const copy = async () => {
    setCopied((await copyText(text())) ? 'copied' : 'refused');
  };
  return (
    <>
      <Button
        look="primary"
        size="big"
        wide
        onClick={() => {
          void copy();
        }}
      >
        <Copy aria-hidden="true" />
        {checkStrings.copy}
      </Button>
      <p className={css['copied']} role="status">
        {copied === 'copied' && checkStrings.copied}
        {copied === 'refused' && checkStrings.copyByHand}
      </p>
      {copied === 'refused' && <pre className={css['report']}>{text()}</pre>}
    </>
  );
}
