import { logger } from '../lib/logger';
import type { ScreenLook } from './sendBudget';
import type { Source } from './sources';

const log = logger('screen');

export interface ScreenState {
  /** `starting`: the browser asks what to share. */
  readonly state: 'off' | 'starting' | 'on';
  /** Why the last try failed, or ended; null as well where the person has thought better of it. */
  readonly problem: ScreenProblem | null;
  /** What is shared, as far as the browser says. */
  readonly surface: 'monitor' | 'window' | 'tab' | null;
  /** Whether its sound is shared too. */
  readonly hasSound: boolean;
  readonly look: ScreenLook;
  /** Whether this browser can share at all: phones cannot. */
  readonly isPossible: boolean;
}

/** `screen_denied`: by the system, which keeps browsers from seeing it. `screen_ended`: not by the page, but by the
 *  browser's own button, or because what was shared is closed. `not_allowed`: in this room. */
export type ScreenProblem = 'screen_denied' | 'screen_failed' | 'screen_ended' | 'not_allowed';

export interface ScreenBrowser {
  readonly getDisplayMedia: ((options: DisplayMediaStreamOptions) => Promise<MediaStream>) | undefined;
}

/** What browsers take besides what their types know (W3C Screen Capture, section 5.3; the rest is Chromium's). */
const OPTIONS = {
  video: { frameRate: { ideal: 30 } },
  // Not its voices: they are heard without. No processing, which is made for speech.
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 2 },
  selfBrowserSurface: 'exclude',
  surfaceSwitching: 'include',
  systemAudio: 'exclude',
} as const satisfies DisplayMediaStreamOptions & Readonly<Record<string, unknown>>;

/** One's own screen, while it is shared. It ends by `stop`, or by the browser's own button. */
export class LocalScreen {
  readonly #browser: ScreenBrowser;
  readonly #onChange: (state: ScreenState) => void;
  readonly #onTrack: (source: Source, track: MediaStreamTrack | null) => void;
  #stream: MediaStream | null = null;
  /** Counts starts and stops: what an earlier one still awaits is out of date. */
  #turn = 0;
  #state: ScreenState;

  constructor(
    onChange: (state: ScreenState) => void,
    onTrack: (source: Source, track: MediaStreamTrack | null) => void,
    browser: ScreenBrowser = thisBrowser(),
  ) {
    this.#onChange = onChange;
    this.#onTrack = onTrack;
    this.#browser = browser;
    this.#state = {
      state: 'off',
      problem: null,
      surface: null,
      hasSound: false,
      look: 'sharp',
      isPossible: browser.getDisplayMedia !== undefined,
    };
  }

  get state(): ScreenState {
    return this.#state;
  }

  track(source: 'screen' | 'screenAudio'): MediaStreamTrack | null {
    const tracks = source === 'screen' ? this.#stream?.getVideoTracks() : this.#stream?.getAudioTracks();
    return tracks?.[0] ?? null;
  }

  /** Ask what to share, and share it. From a press, which browsers want to see. */
  async start(): Promise<void> {
    if (this.#state.state !== 'off' || this.#browser.getDisplayMedia === undefined) return;
    this.#turn += 1;
    const turn = this.#turn;
    this.#set({ state: 'starting', problem: null });
    try {
      const stream = await this.#browser.getDisplayMedia(OPTIONS);
      if (turn === this.#turn) this.#share(stream);
      else for (const track of stream.getTracks()) track.stop();
    } catch (error) {
      log.info(`nothing shared: ${String(error)}`);
      if (turn === this.#turn) this.#set({ state: 'off', problem: problemOf(error) });
    }
  }

  /** Share nothing any more. Safe twice. */
  stop(): void {
    this.#turn += 1;
    const stream = this.#stream;
    this.#stream = null;
    for (const track of stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    if (this.#state.state === 'off') return;
    this.#set({ state: 'off', problem: null, surface: null, hasSound: false });
    if (stream === null) return;
    this.#onTrack('screen', null);
    this.#onTrack('screenAudio', null);
  }

  /** The room does not let one share. */
  refuse(): void {
    this.stop();
    this.#set({ problem: 'not_allowed' });
  }

  /** Text that can be read, or film. */
  setLook(look: ScreenLook): void {
    this.#set({ look });
    this.#hint();
    const track = this.track('screen');
    // The same track: what it may take of the network is another now.
    if (track !== null) this.#onTrack('screen', track);
  }

  #share(stream: MediaStream): void {
    const [track] = stream.getVideoTracks();
    if (track === undefined) {
      this.#set({ state: 'off', problem: 'screen_failed' });
      return;
    }
    this.#stream = stream;
    track.onended = () => {
      this.stop();
      this.#set({ problem: 'screen_ended' });
    };
    this.#hint();
    const sound = this.track('screenAudio');
    if (sound !== null) {
      sound.onended = () => {
        this.#set({ hasSound: false });
        this.#onTrack('screenAudio', null);
      };
    }
    this.#set({ state: 'on', surface: surfaceOf(track), hasSound: sound !== null });
    this.#onTrack('screen', track);
    this.#onTrack('screenAudio', sound);
  }

  /** Tells the encoder what to keep when it cannot keep all (W3C MediaStreamTrack Content Hints). */
  #hint(): void {
    const track = this.track('screen');
    if (track !== null) track.contentHint = this.#state.look === 'sharp' ? 'detail' : 'motion';
    const sound = this.track('screenAudio');
    if (sound !== null) sound.contentHint = 'music';
  }

  #set(change: Partial<ScreenState>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange(this.#state);
  }
}

function surfaceOf(track: MediaStreamTrack): ScreenState['surface'] {
  const { displaySurface } = track.getSettings();
  if (displaySurface === 'browser') return 'tab';
  return displaySurface === 'monitor' || displaySurface === 'window' ? displaySurface : null;
}

/** A person who thinks better of it and a system that does not allow it come by the same name; Chromium's
 *  message tells them apart. */
function problemOf(error: unknown): ScreenProblem | null {
  if (!(error instanceof Error)) return 'screen_failed';
  if (error.name === 'NotAllowedError') return /by system/i.test(error.message) ? 'screen_denied' : null;
  return 'screen_failed';
}

function thisBrowser(): ScreenBrowser {
  const devices = typeof navigator === 'undefined' ? undefined : navigator.mediaDevices;
  // Undefined on an insecure page, and in browsers of phones, whatever the types say.
  const isThere = (devices as Partial<MediaDevices> | undefined)?.getDisplayMedia !== undefined;
  return {
    getDisplayMedia: isThere && devices ? (options) => devices.getDisplayMedia(options) : undefined,
  };
}
