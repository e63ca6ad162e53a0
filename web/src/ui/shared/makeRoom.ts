import { keyOf } from '../../lib/formerKeys';
import { rememberHostKey } from '../../lib/remember';
import { createRoom } from '../../protocol/api';
import type { NewRoom } from '../../protocol/messages.gen';

/** Makes a room, and keeps its key where one is a guest. Where one had a room of this id, its key is shown. Resolves to its id; rejects as `createRoom`. */
export async function makeRoom(room?: NewRoom): Promise<string> {
  const shown = room?.id == null ? undefined : keyOf(room.id);
  const { id, hostKey } = await createRoom(room, { ...(shown !== undefined && { hostKey: shown }) });
  if (hostKey != null) rememberHostKey(id, hostKey);
  return id;
}
