import { rememberedToken, rememberToken } from './remember';
import { tokenIn } from './route';

/** The room token with which one came to a room, now or earlier in this tab; null for most. It is taken out of
 *  the address bar at once, so that nobody sends it on with the link. */
export function takeRoomToken(roomId: string): string | null {
  const token = tokenIn(location.hash);
  if (token === null) return rememberedToken(roomId);
  rememberToken(roomId, token);
  history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
