import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Words } from '../../lib/strings';

export interface Notice {
  readonly id: number;
  readonly about: 'link' | 'microphone' | 'camera' | 'connection' | 'screen' | 'role' | 'room';
  readonly words: Words;
}

/** What is said in passing: news that need no answer. One notice about one thing, the latest. */
export class NoticeBoard {
  readonly store: StoreApi<readonly Notice[]> = createStore<readonly Notice[]>(() => []);
  #count = 0;

  show(about: Notice['about'], words: Words): void {
    this.#count += 1;
    const notice: Notice = { id: this.#count, about, words };
    this.store.setState((shown) => [...shown.filter((old) => old.about !== about), notice], true);
  }

  /** What was said of it is not so any more. */
  removeAbout(about: Notice['about']): void {
    this.store.setState((shown) => shown.filter((notice) => notice.about !== about), true);
  }

  remove(id: number): void {
    this.store.setState((shown) => shown.filter((notice) => notice.id !== id), true);
  }
}
