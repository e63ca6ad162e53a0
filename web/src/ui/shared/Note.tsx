import type { ReactNode } from 'react';
import type { Words } from '../../lib/strings';
import css from './Note.module.css';
import { classes } from './classes';

interface NoteProps {
  readonly icon: ReactNode;
  readonly words: Pick<Words, 'what'> & Partial<Words>;
  readonly look?: 'plain' | 'caution';
  /** Read aloud when it appears. */
  readonly live?: boolean;
  readonly children?: ReactNode;
}

/** Something to know before the next step, in words, beside where it matters. */
export function Note({ icon, words, look = 'plain', live = false, children }: NoteProps) {
  return (
    <div className={classes(css['note'], css[look])} role={live ? 'status' : undefined}>
      {icon}
      <div>
        <b>{words.what}</b>
        {words.then !== undefined && <p>{words.then}</p>}
        {children}
      </div>
    </div>
  );
}

export function Steps({ steps }: { readonly steps: readonly string[] }) {
  return (
    <ol className={css['steps']}>
      {steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
  );
}
