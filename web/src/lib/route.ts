/** The pages' addresses: pure functions between paths, links that people paste, and routes. */

/** A room's id, as the server has it (`ROOM_ID_PATTERN` in rooms.py), after lower-casing. */
const ROOM_ID = /^[a-z0-9][a-z0-9_-]{2,63}$/;
const ROOM_PATH = /^\/r\/([^/]+)\/?$/;

export type Route =
  | { readonly name: 'home' }
  | { readonly name: 'room'; readonly roomId: string }
  | { readonly name: 'check' }
  /** `roomId`: where one goes from there. */
  | { readonly name: 'account'; readonly page: AccountPage; readonly roomId?: string }
  | { readonly name: 'nowhere' };

const ACCOUNT_PAGES = ['sign-in', 'forgot', 'welcome', 'account', 'calls', 'rooms'] as const;

/** The pages about accounts. Each is at its name. */
export type AccountPage = (typeof ACCOUNT_PAGES)[number];

/** What somebody typed or pasted to get into a room. */
export type Entry =
  | { readonly name: 'empty' }
  | { readonly name: 'room'; readonly roomId: string }
  /** A link to another server. */
  | { readonly name: 'elsewhere'; readonly href: string; readonly host: string }
  | { readonly name: 'invalid' };

/** The id in its one form, or null where it cannot be one. */
export function roomIdOf(text: string): string | null {
  const id = text.trim().toLowerCase();
  return ROOM_ID.test(id) ? id : null;
}

export function routeOf(pathname: string): Route {
  if (pathname === '/' || pathname === '') return { name: 'home' };
  if (/^\/check\/?$/.test(pathname)) return { name: 'check' };
  const page = ACCOUNT_PAGES.find((name) => pathname === `/${name}` || pathname === `/${name}/`);
  if (page !== undefined) return { name: 'account', page };
  const roomId = roomIdOf(decoded(ROOM_PATH.exec(pathname)?.[1] ?? ''));
  return roomId === null ? { name: 'nowhere' } : { name: 'room', roomId };
}

export function pathOf(route: Route): string {
  if (route.name === 'check') return '/check';
  if (route.name === 'account') return `/${route.page}${route.roomId ? `?room=${route.roomId}` : ''}`;
  return route.name === 'room' ? `/r/${route.roomId}` : '/';
}

/** The room token that a link brings behind its `#`, or null (docs/protocol.md, "Room tokens"). */
export function tokenIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token');
}

/** The link that one sends to others. */
export function linkTo(roomId: string, origin: string): string {
  return origin + pathOf({ name: 'room', roomId });
}

/** Reads an id, a path, or a link with or without its scheme. `origin` is this server's. */
export function readEntry(text: string, origin: string): Entry {
  const entry = text.trim();
  if (entry === '') return { name: 'empty' };
  const roomId = roomIdOf(entry);
  if (roomId !== null) return { name: 'room', roomId };
  const url = urlOf(entry, origin);
  if (url === null) return { name: 'invalid' };
  if (url.host !== new URL(origin).host) return { name: 'elsewhere', href: url.href, host: url.host };
  const route = routeOf(url.pathname);
  return route.name === 'room' ? route : { name: 'invalid' };
}

function urlOf(entry: string, origin: string): URL | null {
  if (/\s/.test(entry)) return null;
  if (entry.startsWith('/')) return URL.parse(entry, origin);
  const url = URL.parse(/^[a-z]+:\/\//i.test(entry) ? entry : `https://${entry}`);
  const isPage = url !== null && /^https?:$/.test(url.protocol);
  // A bare word is an id that went wrong, not a host.
  return isPage && /[.:]|localhost/.test(url.host + url.port) ? url : null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
