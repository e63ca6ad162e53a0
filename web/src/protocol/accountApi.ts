/** What the server does with accounts, as functions. Each rejects as those of `api.ts`. */
import { call, send } from './api';
import type {
  CallList,
  LinkView,
  Me,
  NewAccount,
  NewPassword,
  OneTimePath,
  SessionList,
} from './messages.gen';

export function whoAmI(): Promise<Me> {
  return call('me', {}) as Promise<Me>;
}

export function signIn(login: string, password: string): Promise<Me> {
  return send('POST', 'session', { login, password }) as Promise<Me>;
}

export function signOut(): Promise<unknown> {
  return send('DELETE', 'session');
}

export function rename(name: string): Promise<Me> {
  return send('PATCH', 'me', { name }) as Promise<Me>;
}

export function changePassword(passwords: NewPassword): Promise<unknown> {
  return send('PUT', 'me/password', passwords);
}

export function sessions(): Promise<SessionList> {
  return call('sessions', {}) as Promise<SessionList>;
}

export function endSession(id: string): Promise<unknown> {
  return send('DELETE', `sessions/${encodeURIComponent(id)}`);
}

export function endOtherSessions(): Promise<unknown> {
  return send('DELETE', 'sessions');
}

/** What a one-time link is for. */
export function lookAtLink(secret: string): Promise<LinkView> {
  return send('POST', 'links/look', { secret }) as Promise<LinkView>;
}

export function signUp(account: NewAccount): Promise<Me> {
  return send('POST', 'accounts', account) as Promise<Me>;
}

export function invite(): Promise<OneTimePath> {
  return send('POST', 'links', {}) as Promise<OneTimePath>;
}

/** Have a link to reset the password sent by mail. */
export function sendLink(login: string): Promise<unknown> {
  return send('POST', 'password/link', { login });
}

export function resetPassword(secret: string, password: string): Promise<unknown> {
  return send('POST', 'password', { secret, password });
}

/** One's own calls; those that began before a time, where one is given. */
export function ownCalls(before?: number): Promise<CallList> {
  return call(before === undefined ? 'calls' : `calls?before=${before}`, {}) as Promise<CallList>;
}
