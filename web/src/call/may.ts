import { roleOf } from './chair';
import type { RoomSnapshot } from '../protocol/messages.gen';

/** What a room may let a participant do, or not. */
export type Act = 'share' | 'chat';

/** Whether a participant may do something in this room, as the server will decide; what may not be done is not
 *  offered. */
export function may(room: RoomSnapshot | null, participantId: string | null, act: Act): boolean {
  if (room === null || participantId === null) return false;
  const own = room.participants.find(({ id }) => id === participantId);
  return room.settings?.[act] !== 'moderators' || roleOf(own) !== 'participant';
}
