/** What a call draws only when somebody asks for it: loaded while nothing else is to be done, since the server may be
 *  away when it is wanted. */
import { lazy } from 'react';
import { loadSurely } from '../loadSurely';

const load = {
  chat: loadSurely(() => import('./ChatPanel')),
  people: loadSurely(() => import('./people/PeoplePanel')),
  invite: loadSurely(() => import('./room/InvitePanel')),
  room: loadSurely(() => import('./room/RoomPanel')),
  details: loadSurely(() => import('./DetailsPanel')),
  keys: loadSurely(() => import('./KeysDialog')),
};

export const ChatPanel = lazy(load.chat);
export const PeoplePanel = lazy(load.people);
export const InvitePanel = lazy(load.invite);
export const RoomPanel = lazy(load.room);
export const DetailsPanel = lazy(load.details);
export const KeysDialog = lazy(load.keys);

/** The browser may first have better things to do: others come in. */
const AFTER_MS = 3_000;

/** Loads all of it, one after the other. Returns what ends that. */
export function loadLateParts(): () => void {
  let isEnded = false;
  const begin = setTimeout(() => {
    void (async () => {
      for (const loadPart of Object.values(load)) if (!isEnded) await loadPart();
    })();
  }, AFTER_MS);
  return () => {
    isEnded = true;
    clearTimeout(begin);
  };
}
