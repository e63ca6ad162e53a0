import { useEffect } from 'react';
import { strings } from '../../lib/callStrings';
import { useSession } from '../useCall';
import { deviceNews } from './deviceNews';
import type { NoticeBoard } from './NoticeBoard';

const KINDS = ['microphone', 'camera'] as const;

/** Says in words when a device fails, goes away or is there anew during the call, and when sharing ends by itself. */
export function useDeviceNotices(board: NoticeBoard): void {
  const { store } = useSession();
  useEffect(() => {
    const { media: first } = store.getState();
    const lastUsed = { microphone: first.microphone.deviceId, camera: first.camera.deviceId };
    return store.subscribe(({ media, screen }, { media: before, screen: screenBefore }) => {
      for (const kind of media === before ? [] : KINDS) {
        const news = deviceNews(kind, media, before, lastUsed[kind]);
        if (media[kind].state === 'on') lastUsed[kind] = media[kind].deviceId;
        if (news === 'over') board.removeAbout(kind);
        else if (news !== null) board.show(kind, news);
      }
      const { problem } = screen;
      if (problem !== null && problem !== screenBefore.problem)
        board.show('screen', strings.share.problem[problem]);
    });
  }, [store, board]);
}
