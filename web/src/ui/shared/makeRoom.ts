import { rememberHostKey } from '../../lib/remember';
import { createRoom } from '../../protocol/api';
import type { NewRoom } from '../../protocol/messages.gen';

/** Makes a room, and keeps its key where one is a guest. `former`: the key of the room that had its id.
 *  Resolves to its id; rejects as `createRoom`. */
export async function makeRoom(room?: NewRoom, former?: string): Promise<string> {
  const { id, hostKey } = await createRoom(room, former);
  if (hostKey != null) rememberHostKey(id, hostKey);
  return id;
}
