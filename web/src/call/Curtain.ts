import { createStore, type StoreApi } from 'zustand/vanilla';

/** What pages draw of a state: the state itself, but for moments in which the processor has something better to do.
 *  What changes meanwhile is drawn in one go after it. */
export class Curtain<State> {
  /** As the pages see it. */
  readonly shown: StoreApi<State>;
  readonly #store: StoreApi<State>;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(store: StoreApi<State>) {
    this.#store = store;
    this.shown = createStore(() => store.getState());
    store.subscribe((state) => {
      if (this.#timer === null) this.shown.setState(state, true);
    });
  }

  /** Draw nothing for so long, unless it is opened before. One that is closed already stays as it is: the wait is
   *  never longer than this. */
  close(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.open();
    }, ms);
  }

  /** Where it is closed: draw nothing for so long from now. */
  prolong(ms: number): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.close(ms);
  }

  /** Draw what there is. Safe twice. */
  open(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.shown.setState(this.#store.getState(), true);
  }
}
