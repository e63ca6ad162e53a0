import { useEffect } from 'react';
import { watchRoomTime } from '../../call/roomTime';
import { strings } from '../../lib/callStrings';
import { useSession } from '../useCall';
import type { NoticeBoard } from './NoticeBoard';

/** Says to those inside that the time of the room is over: they stay, and nobody comes after them. */
export function useRoomTimeNotice(board: NoticeBoard): void {
  const { store } = useSession();
  useEffect(
    () =>
      watchRoomTime(store, (isOver) => {
        if (isOver) board.show('room', strings.told.roomOver);
        else board.removeAbout('room');
      }),
    [board, store],
  );
}
