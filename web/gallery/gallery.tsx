/** Shows one state of the pages: ?state=call-five&theme=dark. Without a state: the list of them.
 *  scripts/gallery.py takes the pictures. */
import '../src/ui/tokens.css';
import '../src/ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createStore } from 'zustand/vanilla';
import type { CallState } from '../src/call/callState';
import type { Moderated } from '../src/protocol/messages.gen';
import type { LinkStats } from '../src/rtc/LinkStats';
import type { CheckState } from '../src/call/check/checkState';
import { App } from '../src/ui/App';
import { CheckView, type Check } from '../src/ui/check/CheckView';
import { Navigation, type OwnedSession } from '../src/ui/Navigation';
import { accounts, answer, type Shown } from './accounts';
import { roomPages, rooms, told } from './rooms';
import { states as plain, stats, written } from './states';
import { adopt, speak, type Language } from '../src/words/language';
import { checks } from './checks';
import { SilentServer } from './SilentServer';

/** Pages that ask the server by themselves. */
const pages: Readonly<Record<string, Shown>> = { ...accounts, ...roomPages };

/** Calls and rooms. */
const states: Readonly<Record<string, () => Promise<CallState>>> = { ...plain, ...rooms };

const parameters = new URLSearchParams(location.search);
const theme = parameters.get('theme') ?? 'light';
const name = parameters.get('state') ?? '';
document.documentElement.dataset['theme'] = theme;
await speakAs(parameters.get('language') ?? 'en');

/** English, another language, or the pseudo-language from right to left. */
async function speakAs(language: string): Promise<void> {
  if (language === 'pseudo') {
    const { words } = await import('../src/words/gen/pseudo');
    adopt(words, 'en', { name: language, locale: 'en-GB', direction: 'rtl' });
  } else {
    await speak(language as Language);
  }
}

/** How often it is told, until the page listens. */
const TOLD_EVERY_MS = 500;

function still(): Promise<void> {
  return Promise.resolve();
}

/** A hum in place of a voice, for the level meter. */
function hum(gain: number): MediaStreamTrack | null {
  const context = new AudioContext();
  const sink = context.createMediaStreamDestination();
  const volume = new GainNode(context, { gain });
  const voice = new OscillatorNode(context, { frequency: 180 });
  voice.connect(volume).connect(sink);
  voice.start();
  return sink.stream.getAudioTracks()[0] ?? null;
}

/** How loud all are: the first of several speaks; where all are talking, one after the other. */
function levels(state: CallState): () => ReadonlyMap<string, number> {
  const ids = [...state.links.keys()];
  const isTalking = name.endsWith('-talking');
  const speaker = () => (isTalking ? Math.floor(performance.now() / 1500) % ids.length : 0);
  const jitter = () => (isTalking ? Math.random() / 5 : 0);
  return () =>
    new Map(
      ids.map((id, place): [string, number] => [
        id,
        jitter() + (place === speaker() && ids.length > 1 ? 0.5 : 0),
      ]),
    );
}

/** A session in which nothing happens. */
function shown(state: CallState): OwnedSession {
  const nothing = () => undefined;
  const store = createStore<CallState>(() => state);
  return {
    store,
    shown: store,
    care: {
      stats: createStore<ReadonlyMap<string, LinkStats>>(
        () => new Map([...state.links.keys()].map((id) => [id, stats])),
      ),
      show: nothing,
      soundLevels: levels(state),
    },
    media: {
      ask: still,
      setMicrophone: nothing,
      setCamera: nothing,
      chooseMicrophone: nothing,
      chooseCamera: nothing,
      chooseSpeaker: nothing,
      setOriginalSound: nothing,
      flipCamera: nothing,
      microphoneTrack: hum(state.selfId === null || name.endsWith('-speaking') ? 0.3 : 0.005),
    },
    screen: { start: still, stop: nothing, setLook: nothing },
    wire: { call: createStore<CallState>(() => state), signaling: new SilentServer(written) },
    open: nothing,
    join: still,
    leave: nothing,
    rejoin: still,
    retry: nothing,
    hideAddress: nothing,
    sawFrame: nothing,
    bringPasscode: nothing,
    end: nothing,
  };
}

/** Somebody does something to one; until the page says so, since at first nobody listens. */
function tell(session: OwnedSession, done: Moderated): void {
  if (document.querySelector('[data-notice]') !== null) return;
  session.store.setState({ moderated: { ...done } });
  setTimeout(tell, TOLD_EVERY_MS, session, done);
}

/** The check page with a check in which nothing happens. */
async function showCheck(root: HTMLElement, make: () => Promise<CheckState>): Promise<void> {
  const nothing = () => undefined;
  const state = await make();
  const check: Check = {
    store: createStore<CheckState>(() => state),
    start: still,
    play: still,
    answerSpeaker: nothing,
  };
  createRoot(root).render(<CheckView session={check} />);
}

const pageOf: Readonly<Record<string, string>> = { home: '/', nowhere: '/nowhere' };

async function show(root: HTMLElement): Promise<void> {
  const make = states[name];
  const state = make === undefined ? null : await make();
  const page = pages[name];
  if (page !== undefined) answer(page.answers);
  history.replaceState(null, '', page?.path ?? pageOf[name] ?? '/r/garden-room');
  localStorage.setItem('visavis.name', 'Tomas');
  const navigation = new Navigation(() => {
    if (state === null) throw new Error(`there is no state "${name}"`);
    const session = shown(state);
    const done = told[name];
    if (done !== undefined) tell(session, done);
    return session;
  });
  navigation.start();
  createRoot(root).render(
    <StrictMode>
      <App navigation={navigation} />
    </StrictMode>,
  );
}

const names = [pageOf, pages, states, checks].flatMap((some) => Object.keys(some));
Object.assign(window, { galleryStates: names });

const root = document.getElementById('root');
if (root === null) throw new Error('no #root');
const check = checks[name];
if (check !== undefined) {
  await showCheck(root, check);
} else if (names.includes(name)) {
  await show(root);
} else {
  root.append(
    ...names.map((state) => {
      const link = document.createElement('a');
      link.href = `?state=${state}&theme=${theme}`;
      link.textContent = state;
      const line = document.createElement('p');
      line.append(link);
      return line;
    }),
  );
}

// Twice: effects and what they draw are there.
requestAnimationFrame(() =>
  requestAnimationFrame(() => {
    Object.assign(window, { galleryIsShown: true });
  }),
);
