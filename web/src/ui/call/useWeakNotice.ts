import { useEffect } from 'react';
import { pausedFor } from '../../call/callState';
import { strings } from '../../lib/callStrings';
import { people } from '../../lib/phrases';
import type { Words } from '../../lib/strings';
import { useSession } from '../useCall';
import type { NoticeBoard } from './NoticeBoard';

/** Says in words when one's picture is paused, and for whom. */
export function useWeakNotice(board: NoticeBoard): void {
  const { store } = useSession();
  useEffect(() => {
    let told = '';
    const tell = () => {
      const { names, isForAll } = pausedFor(store.getState());
      const now = isForAll ? 'all' : names.join('\n');
      if (now === told) return;
      told = now;
      if (now === '') board.removeAbout('connection');
      else board.show('connection', isForAll ? strings.quality.ownPaused : pausedWords(names));
    };
    tell();
    return store.subscribe(tell);
  }, [store, board]);
}

function pausedWords(names: readonly string[]): Words {
  const { what, then } = strings.quality.pausedFor;
  return { what: what({ people: people(names) }), then };
}
