import { createContext, use } from 'react';
import { useStore } from 'zustand';
import type { CallState } from '../call/callState';
import type { Session } from './Navigation';

export const SessionContext = createContext<Session | null>(null);

/** The visit whose room is shown. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error('expected a session around this component');
  return session;
}

/** A part of the call's state; the component renders again when it changes. A selector that builds an
 *  object or array must go through `useShallow`. */
export function useCall<Part>(select: (state: CallState) => Part): Part {
  return useStore(useSession().shown, select);
}
