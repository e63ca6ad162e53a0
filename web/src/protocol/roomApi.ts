/** What those who look after rooms ask of the server, as functions. Each rejects as those of `api.ts`. `hostKey`:
 *  of a room that was made as a guest; null where one's account speaks. */
import { call } from './api';
import type { HostedRoom, ListedRooms, SettingsChange } from './messages.gen';

export type HostKey = string | null;

/** Rooms that one's account owns or moderates; those that were made before a time, where one is given. */
export function ownRooms(before?: number): Promise<ListedRooms> {
  return call(before === undefined ? 'rooms' : `rooms?before=${before}`, {}) as Promise<ListedRooms>;
}

/** A room as its hosts see it. */
export function hostedRoom(id: string, hostKey: HostKey): Promise<HostedRoom> {
  return ask('GET', `${pathOf(id)}/settings`, hostKey) as Promise<HostedRoom>;
}

export function changeRoom(id: string, hostKey: HostKey, change: SettingsChange): Promise<HostedRoom> {
  return ask('PATCH', pathOf(id), hostKey, change) as Promise<HostedRoom>;
}

export function deleteRoom(id: string, hostKey: HostKey): Promise<unknown> {
  return ask('DELETE', pathOf(id), hostKey);
}

/** Let somebody come in again. */
export function readmit(id: string, hostKey: HostKey, exclusion: string): Promise<unknown> {
  return ask('DELETE', `${pathOf(id)}/exclusions/${encodeURIComponent(exclusion)}`, hostKey);
}

/** For the account that owns the room. */
export function appoint(id: string, login: string): Promise<HostedRoom> {
  return ask('POST', `${pathOf(id)}/moderators`, null, { login }) as Promise<HostedRoom>;
}

export function dismiss(id: string, account: string): Promise<HostedRoom> {
  return ask(
    'DELETE',
    `${pathOf(id)}/moderators/${encodeURIComponent(account)}`,
    null,
  ) as Promise<HostedRoom>;
}

function pathOf(id: string): string {
  return `rooms/${encodeURIComponent(id)}`;
}

function ask(method: string, path: string, hostKey: HostKey, body?: unknown): Promise<unknown> {
  const headers = {
    ...(hostKey !== null && { 'Visavis-Host-Key': hostKey }),
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
  };
  return call(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}
