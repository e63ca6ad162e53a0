import { createContext, use, useCallback } from 'react';
import { act, type ActName } from '../../call/chair';
import { wordsFor } from '../../lib/problemStrings';
import type { Requests } from '../../protocol/messages.gen';
import { useSession } from '../useCall';
import type { NoticeBoard } from './NoticeBoard';

/** Asks the server for something that takes a role. What it refuses is said; nothing rejects. */
export type Ask = <A extends ActName>(name: A, message: Requests[A]['request']) => Promise<void>;

export function useAsk(board: NoticeBoard): Ask {
  const session = useSession();
  return useCallback(
    async (name, message) => {
      const refused = await act(session, name, message);
      if (refused !== null) board.show('role', wordsFor(refused));
    },
    [board, session],
  );
}

/** Of the panel in which something is asked for. */
export const AskContext = createContext<Ask>(() => {
  throw new Error('expected a panel around this component');
});

export function useAskHere(): Ask {
  return use(AskContext);
}
