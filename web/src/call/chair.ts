/** What somebody with a role asks of the server, and what is offered to them. Loaded with the call. */
import { codeOf, type ErrorCode } from '../lib/errors';
import type { Exclusion, Participant, Requests } from '../protocol/messages.gen';
import type { CallState } from './callState';
import type { Signaling } from './parts';

/** Requests that take a role. */
export type ActName =
  | 'admit'
  | 'admitAll'
  | 'deny'
  | 'denyAll'
  | 'moderate'
  | 'rename'
  | 'appoint'
  | 'endForAll'
  | 'changeRoom'
  | 'readmit';

/** What it takes to ask. */
interface Asking {
  readonly wire: { readonly signaling: Pick<Signaling, 'request'> };
}

/** Ask the server for something that takes a role. Resolves to what it refuses; null: it is done. */
export async function act<A extends ActName>(
  { wire }: Asking,
  name: A,
  message: Requests[A]['request'],
): Promise<ErrorCode | null> {
  try {
    await wire.signaling.request(name, message);
    return null;
  } catch (error) {
    return codeOf(error);
  }
}

/** Who does not come in any more; nobody, where one's role does not show them. */
export async function exclusions({ wire }: Asking): Promise<readonly Exclusion[]> {
  try {
    return (await wire.signaling.request('getExclusions', {})).exclusions;
  } catch {
    return [];
  }
}

const RANK = { participant: 0, moderator: 1, host: 2 } as const;

export type Role = keyof typeof RANK;

export function roleOf(participant: Participant | undefined): Role {
  return participant?.role ?? 'participant';
}

/** One's own role; the server has the last word on each act. */
export function ownRole({ room, selfId }: Pick<CallState, 'room' | 'selfId'>): Role {
  return roleOf(room?.participants.find(({ id }) => id === selfId));
}

/** What a role may do to somebody: what it may not is not shown. */
export function permitted(own: Role, target: Role): { gentle: boolean; remove: boolean; host: boolean } {
  const isModerator = RANK[own] >= RANK.moderator;
  return {
    gentle: isModerator && RANK[own] >= RANK[target],
    remove: isModerator && RANK[own] > RANK[target],
    host: own === 'host' && RANK[own] > RANK[target],
  };
}
