import CircleAlert from 'lucide-react/icons/circle-alert';
import type { ReactNode } from 'react';
import type { ErrorCode } from '../../lib/errors';
import { accountWordsFor } from '../../lib/accountStrings';
import { Button } from '../shared/Button';
import { Note } from '../shared/Note';
import css from './Account.module.css';

interface FormProps {
  readonly children: ReactNode;
  readonly label: string;
  readonly isBusy: boolean;
  readonly failure: ErrorCode | null;
  readonly onSend: () => void;
  /** Whether it is the one thing to do on its page. */
  readonly isMain?: boolean;
}

/** Fields, what went wrong, and the one button that sends them. */
export function Form({ children, label, isBusy, failure, onSend, isMain = true }: FormProps) {
  return (
    <form
      className={css['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onSend();
      }}
    >
      {children}
      <Failure code={isBusy ? null : failure} />
      <Button
        type="submit"
        look={isMain ? 'primary' : 'line'}
        size={isMain ? 'big' : 'normal'}
        wide={isMain}
        busy={isBusy}
      >
        {label}
      </Button>
    </form>
  );
}

export function Failure({ code }: { readonly code: ErrorCode | null }) {
  return (
    <div role="alert" className={css['failure']}>
      {code !== null && (
        <Note icon={<CircleAlert aria-hidden="true" />} look="caution" words={accountWordsFor(code)} />
      )}
    </div>
  );
}
