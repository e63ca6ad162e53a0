/** Brings an actual state to a desired one by asynchronous steps: one at a time, until nothing is left to
 *  do. What is desired may change while a step runs; only the last wish counts.
 *
 *  `next` compares the two: it begins the next step and returns its promise, or returns null where actual
 *  is as desired. A step that cannot succeed must change what `next` sees, or it is begun for ever. */
export class Reconciler {
  readonly #next: () => Promise<void> | null;
  #running: Promise<void> | null = null;

  constructor(next: () => Promise<void> | null) {
    this.#next = next;
  }

  /** To be called after each change of what is desired. Resolves when actual is as desired; rejects
   *  with what a step rejected with, after which nothing runs. */
  run(): Promise<void> {
    // Begun in a microtask, so that #running is set when the first step looks at it, and wishes that are
    // made together are seen together.
    this.#running ??= Promise.resolve().then(() => this.#loop());
    return this.#running;
  }

  async #loop(): Promise<void> {
    try {
      for (let step = this.#next(); step !== null; step = this.#next()) await step;
    } finally {
      // Synchronously after the last look, so that no wish falls in between.
      this.#running = null;
    }
  }
}
