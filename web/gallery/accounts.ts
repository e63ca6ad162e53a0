/** The pages about accounts, by name: where each is, and what the server answers there. */
import type { CallView, Me, SessionView } from '../src/protocol/messages.gen';

export interface Shown {
  readonly path: string;
  readonly answers: Readonly<Record<string, unknown>>;
}

const NOW = Date.UTC(2026, 4, 12, 14, 5) / 1000;

export const guest: Me = { account: null, access: 'accounts', signup: false, mail: true, provider: null };

export const signedIn: Me = {
  ...guest,
  account: {
    id: 'mara',
    userName: 'mara.lind',
    email: 'mara.lind@example.org',
    name: 'Mara Lind',
    admin: true,
  },
};

function session(id: string, hoursAgo: number, userAgent: string, current = false): SessionView {
  const seenAt = NOW - hoursAgo * 3600;
  const address = current ? '192.0.2.17' : '2001:db8:85a3::8a2e:370:7334';
  return { id, createdAt: seenAt - 86_400, seenAt, expiresAt: seenAt + 86_400, userAgent, address, current };
}

const sessions = [
  session('one', 0, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', true),
  session('two', 5, 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1'),
  session('three', 90, 'python-httpx/0.28'),
];

function call(id: number, roomId: string, minutes: number | null, others: readonly string[]): CallView {
  const beganAt = NOW - id * 100_000;
  const endedAt = minutes === null ? null : beganAt + minutes * 60;
  const people = ['Mara Lind', ...others].map((name, index) => ({
    name,
    joinedAt: beganAt,
    leftAt: endedAt,
    me: index === 0,
  }));
  const join =
    others.length === 0 ? null : { way: 'prepared', ack: 108, ice: 214, dtls: 369, frame: 413 + 40 * id };
  return { id: String(id), roomId, beganAt, endedAt, people, join };
}

const calls = [
  call(0, 'garden-room', null, ['Joel']),
  call(1, 'lusab-babad-gutih-tugad', 47, ['Joel', 'Inês', 'Henrik Berg', 'ليلى', 'Amina', 'Eileen']),
  call(2, 'piano-lesson', 1, []),
  call(3, 'a-room-with-a-name-that-is-as-long-as-the-name-of-a-room-can-be0', 124, ['']),
];

function link(purpose: string): unknown {
  return { purpose, expiresAt: NOW, email: null };
}

export const accounts: Readonly<Record<string, Shown>> = {
  'home-guest': { path: '/', answers: { me: guest } },
  'home-mara': { path: '/', answers: { me: signedIn } },
  'account-sign-in': { path: '/sign-in', answers: { me: { ...guest, signup: true } } },
  'account-sign-in-provider': {
    path: '/sign-in#problem=provider_refused',
    answers: { me: { ...guest, provider: 'Example School' } },
  },
  'account-sign-in-refused': { path: '/sign-in', answers: { me: guest } },
  'account-forgot': { path: '/forgot', answers: { me: guest } },
  'account-no-mail': { path: '/forgot', answers: { me: { ...guest, mail: false } } },
  'account-first': { path: '/welcome#secret', answers: { 'links/look': link('firstAdministrator') } },
  'account-invited': { path: '/welcome#secret', answers: { 'links/look': link('invitation') } },
  'account-reset': { path: '/welcome#secret', answers: { 'links/look': link('passwordReset') } },
  'account-old-link': { path: '/welcome#secret', answers: {} },
  'account-closed': { path: '/welcome', answers: { me: guest } },
  'account-mine': { path: '/account', answers: { me: signedIn, sessions: { sessions } } },
  'account-calls': { path: '/calls', answers: { calls: { calls, more: true } } },
  'account-no-calls': { path: '/calls', answers: { calls: { calls: [], more: false } } },
};

/** Has the server of the gallery, which has no API, answer as one does. */
export function answer(answers: Shown['answers']): void {
  const real = window.fetch.bind(window);
  window.fetch = (input, init) => {
    const path = /^\/api\/v1\/([^?]*)/.exec(input instanceof Request ? input.url : String(input))?.[1];
    if (path === undefined) return real(input, init);
    const known = init?.method === 'POST' && path === 'session' ? undefined : answers[path];
    if (known !== undefined) return Promise.resolve(Response.json(known));
    const code = path === 'links/look' ? 'link_invalid' : 'sign_in_failed';
    return Promise.resolve(Response.json({ status: 'error', code, message: code }, { status: 403 }));
  };
}
