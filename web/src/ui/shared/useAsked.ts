import { useEffect, useState } from 'react';
import { codeOf, type ErrorCode } from '../../lib/errors';

/** What the server was asked for: not there yet, there, or why not. */
export type Asked<T> =
  | { readonly name: 'asking' }
  | { readonly name: 'known'; readonly value: T }
  | { readonly name: 'failed'; readonly code: ErrorCode };

/** Asks when the page is shown. `ask` must stay the same; `know` says what is known from now on. */
export function useAsked<T>(ask: () => Promise<T>): readonly [Asked<T>, (value: T) => void] {
  const [asked, setAsked] = useState<Asked<T>>({ name: 'asking' });
  useEffect(() => {
    let isShown = true;
    ask().then(
      (value) => {
        if (isShown) setAsked({ name: 'known', value });
      },
      (thrown: unknown) => {
        if (isShown) setAsked({ name: 'failed', code: codeOf(thrown) });
      },
    );
    return () => {
      isShown = false;
    };
  }, [ask]);
  const know = (value: T) => {
    setAsked({ name: 'known', value });
  };
  return [asked, know];
}

interface Act {
  readonly isBusy: boolean;
  readonly failure: ErrorCode | null;
  readonly run: (act: () => Promise<unknown>) => Promise<void>;
}

/** One thing done at a time, and why it failed, if it did. */
export function useAct(): Act {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorCode | null>(null);
  const run = async (act: () => Promise<unknown>) => {
    setBusy(true);
    setFailure(null);
    try {
      await act();
    } catch (thrown) {
      setFailure(codeOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, failure, run };
}
