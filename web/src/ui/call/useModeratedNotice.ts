import { useEffect } from 'react';
import type { CallState } from '../../call/callState';
import { strings } from '../../lib/callStrings';
import { named } from '../../lib/phrases';
import type { Words } from '../../lib/strings';
import { useSession } from '../useCall';
import type { NoticeBoard } from './NoticeBoard';

/** Says what somebody with a role has done to one. */
export function useModeratedNotice(board: NoticeBoard): void {
  const { store } = useSession();
  useEffect(
    () =>
      store.subscribe((state, before) => {
        if (state.moderated === before.moderated || state.moderated === null) return;
        // Whoever loses a role while sharing has two things to read.
        const about = state.moderated.act === 'stopShare' ? 'screen' : 'role';
        board.show(about, wordsOf(state, state.moderated));
      }),
    [board, store],
  );
}

function wordsOf({ room }: CallState, done: NonNullable<CallState['moderated']>): Words {
  const { told } = strings;
  const by = room?.participants.find(({ id }) => id === done.by);
  const name = by === undefined ? told.host : named(by.name);
  switch (done.act) {
    case 'stopShare':
      return done.by === null
        ? told.rules
        : { what: told.stopShare.what({ name }), then: told.stopShare.then };
    case 'rename':
      return { what: told.rename.what({ name }), then: told.rename.then({ now: done.name ?? '' }) };
    case 'appoint':
      return done.role === 'moderator' ? told.moderator : told.participant;
    default:
      return { what: told[done.act].what({ name }), then: told[done.act].then };
  }
}
