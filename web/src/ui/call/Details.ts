import { createContext, use, useMemo, useState } from 'react';
import type { PanelChoice } from './panel/usePanel';

/** Whose connection the panel shows: a participant's id, or OWN. */
export type Subject = string;
/** One's own connection as a whole; no participant has this id. */
export const OWN: Subject = 'own';

export interface Details {
  /** null: the panel is closed. */
  readonly subject: Subject | null;
  /** Shows it; closes the panel where it is shown already. */
  readonly toggle: (subject: Subject) => void;
}

/** Whose connection the panel beside the faces shows, while it is there. */
export function useDetailsIn({ shown, toggle }: PanelChoice): Details {
  const [last, setLast] = useState<Subject>(OWN);
  const subject = shown === 'details' ? last : null;
  return useMemo(
    () => ({
      subject,
      toggle: (other: Subject) => {
        setLast(other);
        // With another subject it stays.
        if (subject === null || subject === other) toggle('details');
      },
    }),
    [subject, toggle],
  );
}

export const DetailsContext = createContext<Details | null>(null);

export function useDetails(): Details {
  const details = use(DetailsContext);
  if (details === null) throw new Error('expected a panel for details around this component');
  return details;
}
