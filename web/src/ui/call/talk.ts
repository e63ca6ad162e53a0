import { createContext, use } from 'react';
import { useStore } from 'zustand';
import { Talk, type TalkState } from '../../call/Talk';
import type { Session } from '../Navigation';

const talks = new WeakMap<Session, Talk>();

/** The talk that goes with a session: one, however often it is asked for. */
export function talkOf(session: Session): Talk {
  const known = talks.get(session);
  if (known !== undefined) return known;
  const talk = new Talk(session.wire);
  talks.set(session, talk);
  return talk;
}

export const TalkContext = createContext<Talk | null>(null);

export function useTalk(): Talk {
  const talk = use(TalkContext);
  if (talk === null) throw new Error('expected a talk around this component');
  return talk;
}

/** A part of what was said; the component renders again when it changes. */
export function useTalkState<Part>(select: (state: TalkState) => Part): Part {
  return useStore(useTalk().store, select);
}
