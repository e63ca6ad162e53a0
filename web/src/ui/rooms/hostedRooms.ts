import { CallError } from '../../lib/errors';
import { rememberedHostKeys, rememberHostKey } from '../../lib/remember';
import { whoAmI } from '../../protocol/accountApi';
import type { ListedRoom, ListedRooms } from '../../protocol/messages.gen';
import { hostedRoom, ownRooms, type HostKey } from '../../protocol/roomApi';

/** A room in the list, and by what one is its host. */
export interface OwnRoom {
  readonly room: ListedRoom;
  /** null: by one's account. */
  readonly hostKey: HostKey;
}

export interface OwnRooms {
  readonly rooms: readonly OwnRoom[];
  /** The account has earlier ones. */
  readonly more: boolean;
  readonly isSignedIn: boolean;
}

/** So many of the keys that this browser keeps are tried, the last first. */
const MOST_KEYS = 30;

/** The rooms of one's account, and those whose key this browser keeps; the last that was made first. Rejects
 *  where the server cannot say. */
export async function allOwnRooms(): Promise<OwnRooms> {
  const [listed, kept] = await Promise.all([ofAccount(), ofBrowser()]);
  const known = new Set(listed?.rooms.map(({ id }) => id));
  const own = (listed?.rooms ?? []).map((room): OwnRoom => ({ room, hostKey: null }));
  return {
    rooms: [...own, ...kept.filter(({ room }) => !known.has(room.id))].sort(
      (one, other) => other.room.createdAt - one.room.createdAt,
    ),
    more: listed?.more ?? false,
    isSignedIn: listed !== null,
  };
}

/** null: one is a guest. */
async function ofAccount(): Promise<ListedRooms | null> {
  const { account } = await whoAmI();
  return account === null ? null : ownRooms();
}

async function ofBrowser(): Promise<readonly OwnRoom[]> {
  // Under a ~ are the keys of rooms that are no more, with which they can be made again.
  const known = Object.entries(rememberedHostKeys()).filter(([id]) => !id.startsWith('~'));
  const kept = known.slice(-MOST_KEYS);
  const asked = await Promise.all(kept.map(([id, hostKey]) => ofKey(id, hostKey)));
  return asked.filter((own) => own !== null);
}

async function ofKey(id: string, hostKey: string): Promise<OwnRoom | null> {
  try {
    return { room: await hostedRoom(id, hostKey), hostKey };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    // A room that is no more; a key that the server does not know may be another server's at this address.
    if (error.code === 'room_not_found') {
      rememberHostKey(`~${id}`, hostKey);
      rememberHostKey(id, null);
    }
    if (error.code === 'room_not_found' || error.code === 'not_allowed') return null;
    throw error;
  }
}
