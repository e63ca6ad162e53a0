import type { RoomSnapshot } from '../protocol/messages.gen';

/** What a room may let a participant do, or not. */
export type Act = 'share' | 'chat';

const FOR_EVERYBODY: ReadonlySet<Act> = new Set(['share', 'chat']);

/** Whether a participant may do something in this room, as the server will decide; what may not be done is not
 *  offered. */
export function may(room: RoomSnapshot | null, participantId: string | null, act: Act): boolean {
  return room !== null && participantId !== null && FOR_EVERYBODY.has(act);
}
