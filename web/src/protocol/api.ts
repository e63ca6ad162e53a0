/** The HTTP API of the server, as functions. Each rejects with a CallError: the server's code, or
 *  `server_unreachable` where no answer of the server came. */
import { CallError, type ErrorCode } from '../lib/errors';
import type { MadeRoom, NewRoom, PublicIce, Refused, RoomView } from './messages.gen';

const TIMEOUT_MS = 8_000;

export interface ApiOptions {
  /** The server's origin; the page's own by default. */
  readonly baseUrl?: string;
  readonly signal?: AbortSignal;
  /** A room token that one has. */
  readonly token?: string;
  /** Of a room that was made as a guest. */
  readonly hostKey?: string;
}

/** Make a room. Without an `id` the server makes one up. */
export function createRoom(room: NewRoom = {}, hostKey?: string): Promise<MadeRoom> {
  const headers = {
    'Content-Type': 'application/json',
    ...(hostKey !== undefined && { 'Visavis-Host-Key': hostKey }),
  };
  return call('rooms', { method: 'POST', headers, body: JSON.stringify(room) }) as Promise<MadeRoom>;
}

/** A room as seen from outside. */
export function lookUpRoom(id: string, options: ApiOptions = {}): Promise<RoomView> {
  const { token, hostKey } = options;
  const headers = {
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...(hostKey !== undefined && { 'Visavis-Host-Key': hostKey }),
  };
  return call(`rooms/${encodeURIComponent(id)}`, { headers }, options) as Promise<RoomView>;
}

/** What one may know of ICE servers before one is in a room. */
export function iceServers(options?: ApiOptions): Promise<PublicIce> {
  return call('ice', {}, options) as Promise<PublicIce>;
}

/** Ask for something to be changed, with a body where there is one. */
export function send(method: string, path: string, body?: unknown): Promise<unknown> {
  const json = { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  return call(path, { method, ...(body !== undefined && json) });
}

/** The JSON of a successful answer. Its form is the server's promise, checked by tests on its side. */
export async function call(
  path: string,
  init: RequestInit,
  { baseUrl = '', signal }: ApiOptions = {},
): Promise<unknown> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`${baseUrl}/api/v1/${path}`, {
      ...init,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    // 204: there is nothing to say (RFC 9110, section 15.3.5).
    body = response.status === 204 ? null : await response.json();
  } catch (cause) {
    // No connection, no answer in time, or a page of a proxy in between in place of an answer.
    throw new CallError('server_unreachable', `no answer to ${path}`, { cause });
  }
  if (response.ok) return body;
  if (isRefusal(body)) throw new CallError(body.code as ErrorCode, body.message);
  throw new CallError('server_unreachable', `${path} was answered by ${response.status}, in no form of ours`);
}

function isRefusal(body: unknown): body is Refused {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'message' in body &&
    typeof body.message === 'string'
  );
}
