/** What those who look after a room are told, and those whom it concerns, as state. */
import type { StoreApi } from 'zustand/vanilla';
import type { Knock, Moderated, Notices } from '../protocol/messages.gen';
import type { CallState } from './callState';

type Hear = <E extends 'knocked' | 'knockEnded' | 'moderated'>(
  event: E,
  act: (notice: Notices[E]) => void,
) => void;

/** Called once. `onModerated`: somebody has done something to oneself. */
export function hearModeration(
  on: Hear,
  store: StoreApi<CallState>,
  onModerated: (done: Moderated) => void,
): void {
  on('knocked', ({ knock }) => {
    store.setState(({ knocks }) => ({ knocks: withKnock(knocks, knock) }));
  });
  on('knockEnded', ({ knock }) => {
    store.setState(({ knocks }) => ({ knocks: knocks.filter(({ id }) => id !== knock) }));
  });
  on('moderated', (done) => {
    onModerated(done);
    store.setState({ moderated: done });
  });
}

/** In order of coming; one that is known counts once. */
export function withKnock(knocks: readonly Knock[], knock: Knock): readonly Knock[] {
  return [...knocks.filter(({ id }) => id !== knock.id), knock].sort((a, b) => a.at - b.at);
}
