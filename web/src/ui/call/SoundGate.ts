import { createContext, use, useEffect } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';

/** Plays the others' pictures and sound. Where the browser wants a press before it lets sound out, pictures
 *  go on silently, and `isBlocked` asks for the press. */
export class SoundGate {
  readonly store: StoreApi<{ readonly isBlocked: boolean }> = createStore(() => ({ isBlocked: false }));
  readonly #videos = new Set<HTMLVideoElement>();
  /** Those whose sound is not played, whatever comes. */
  readonly #silenced = new WeakSet<HTMLVideoElement>();

  /** Returns what takes the video out again. */
  admit(video: HTMLVideoElement, stream: MediaStream): () => void {
    video.srcObject = stream;
    this.#videos.add(video);
    void this.#play(video);
    return () => {
      this.#videos.delete(video);
    };
  }

  /** Play the sound of a video, or not. */
  silence(video: HTMLVideoElement, isSilenced: boolean): void {
    if (isSilenced) this.#silenced.add(video);
    else this.#silenced.delete(video);
    video.muted = isSilenced || this.store.getState().isBlocked;
  }

  /** Called from a press. */
  open(): void {
    this.store.setState({ isBlocked: false });
    for (const video of this.#videos) {
      video.muted = this.#silenced.has(video);
      void this.#play(video);
    }
  }

  async #play(video: HTMLVideoElement): Promise<void> {
    try {
      await video.play();
    } catch (error) {
      // Anything else is a load that was overtaken by the next; autoplay sees to that one.
      if (!(error instanceof DOMException && error.name === 'NotAllowedError')) return;
      this.store.setState({ isBlocked: true });
      video.muted = true;
      await video.play().catch(() => undefined);
    }
  }
}

export const SoundGateContext = createContext<SoundGate | null>(null);

export function useSoundGate(): SoundGate {
  const gate = use(SoundGateContext);
  if (gate === null) throw new Error('expected a sound gate around this component');
  return gate;
}

/** Plays a stream with its sound in a video, on the speaker that was chosen. */
export function useSound(
  video: HTMLVideoElement | null,
  stream: MediaStream | null,
  speakerId: string | null,
  isSilenced = false,
) {
  const gate = useSoundGate();
  useEffect(() => {
    if (video === null || stream === null) return undefined;
    return gate.admit(video, stream);
  }, [gate, video, stream]);
  useEffect(() => {
    if (video !== null) gate.silence(video, isSilenced);
  }, [gate, video, isSilenced]);
  useEffect(() => {
    if (video === null || !('setSinkId' in video)) return;
    // A speaker that was unplugged: the browser's default goes on.
    video.setSinkId(speakerId ?? '').catch(() => undefined);
  }, [video, speakerId]);
}
