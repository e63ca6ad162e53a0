import { useEffect } from 'react';
import { strings } from '../../lib/callStrings';
import { useSession } from '../useCall';
import type { NoticeBoard } from './NoticeBoard';

const KINDS = ['microphone', 'camera'] as const;

/** Says in words when a device fails or goes away during the call. */
export function useDeviceNotices(board: NoticeBoard): void {
  const { store } = useSession();
  useEffect(
    () =>
      store.subscribe(({ media, screen }, { media: before, screen: screenBefore }) => {
        for (const kind of KINDS) {
          const { state, problem } = media[kind];
          const isNews =
            state === 'failed' && (before[kind].state !== 'failed' || before[kind].problem !== problem);
          if (isNews && problem !== null) board.show(kind, strings.device[kind][problem]);
        }
        const { problem } = screen;
        if (problem !== null && problem !== screenBefore.problem)
          board.show('screen', strings.share.problem[problem]);
      }),
    [store, board],
  );
}
