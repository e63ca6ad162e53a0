import { createStore, type StoreApi } from 'zustand/vanilla';
import { nextVoices, silence, type Voices } from './voices';

/** Between two looks at how loud everybody is. */
const PERIOD_MS = 100;

export type Speaking = Pick<Voices, 'speaking' | 'speakers'>;

/** Who speaks, from how loud everybody is. A level never leaves this class: what it tells changes only when somebody
 *  begins or ends to speak. */
export class VoiceWatch {
  readonly store: StoreApi<Speaking> = createStore((): Speaking => silence);
  #voices: Voices = silence;

  /** `levels`: of exactly those who are here. Returns what ends it. */
  start(levels: () => ReadonlyMap<string, number>): () => void {
    const timer = setInterval(() => {
      this.#look(levels());
    }, PERIOD_MS);
    return () => {
      clearInterval(timer);
      this.#look(new Map());
    };
  }

  #look(levels: ReadonlyMap<string, number>): void {
    const before = this.#voices;
    this.#voices = nextVoices(before, levels, performance.now());
    const { speaking, speakers } = this.#voices;
    if (speaking !== before.speaking || speakers !== before.speakers)
      this.store.setState({ speaking, speakers });
  }
}
