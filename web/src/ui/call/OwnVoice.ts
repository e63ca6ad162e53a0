import { createContext, use, useEffect } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { nextVoices, silence, type Voices } from '../../call/voices';
import { MicrophoneLevel } from '../../rtc/MicrophoneLevel';
import type { Session } from '../Navigation';
import { useSession } from '../useCall';

const PERIOD_MS = 100;
const OWN = 'own';
/** To listen takes an audio device of the browser. The others' first pictures come before it. */
const LISTENS_AFTER_MS = 1_000;

/** One's own voice, heard here and by nobody else while one is muted. The level goes to those who listen, past React;
 *  only that one speaks is state. */
export class OwnVoice {
  readonly store: StoreApi<{ readonly isSpeaking: boolean }> = createStore(() => ({ isSpeaking: false }));
  readonly #listeners = new Set<(level: number) => void>();
  #voices: Voices = silence;
  #track: MediaStreamTrack | null = null;
  #end: () => void = () => undefined;

  /** `listen` gets 0 to 1, ten times a second. Returns what stops it. */
  onLevel(listen: (level: number) => void): () => void {
    this.#listeners.add(listen);
    return () => {
      this.#listeners.delete(listen);
    };
  }

  /** Hear this track; null: none. */
  hear(track: MediaStreamTrack | null): void {
    if (track === this.#track) return;
    this.stop();
    this.#track = track;
    if (track === null) return;
    // Muting disables the track that is sent; its copy goes on.
    const copy = track.clone();
    copy.enabled = true;
    const level = new MicrophoneLevel(copy, this.#tell, PERIOD_MS);
    this.#end = () => {
      level.end();
      copy.stop();
    };
  }

  stop(): void {
    this.#end();
    this.#end = () => undefined;
    this.#track = null;
    this.#tell(0);
    this.#voices = silence;
    this.#show(false);
  }

  readonly #tell = (level: number): void => {
    for (const listen of this.#listeners) listen(level);
    this.#voices = nextVoices(this.#voices, new Map([[OWN, level]]), performance.now());
    this.#show(this.#voices.speaking.has(OWN));
  };

  #show(isSpeaking: boolean): void {
    if (this.store.getState().isSpeaking !== isSpeaking) this.store.setState({ isSpeaking });
  }
}

export const OwnVoiceContext = createContext<OwnVoice | null>(null);

export function useOwnVoice(): OwnVoice {
  const voice = use(OwnVoiceContext);
  if (voice === null) throw new Error("expected one's own voice around this component");
  return voice;
}

/** Hears the microphone while one is in the call, whichever it is. */
export function useHearing(voice: OwnVoice): void {
  const session = useSession();
  useEffect(() => {
    const hear = () => {
      voice.hear(heardTrack(session));
    };
    let unsubscribe: (() => void) | undefined;
    const begin = setTimeout(() => {
      hear();
      unsubscribe = session.store.subscribe(hear);
    }, LISTENS_AFTER_MS);
    return () => {
      clearTimeout(begin);
      unsubscribe?.();
      voice.stop();
    };
  }, [session, voice]);
}

/** A page out of sight, drawn while one is in the lobby, hears nothing: its effects do not run. */
function heardTrack({ store, media }: Session): MediaStreamTrack | null {
  const { state } = store.getState().media.microphone;
  return state === 'on' || state === 'off' ? media.microphoneTrack : null;
}
