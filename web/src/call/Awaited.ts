/** Those whose return is awaited: a server that was restarted has forgotten the roster, and they may not have
 *  taken their places again yet. They keep their links for the grace. */
export class Awaited {
  readonly #onOver: (gone: ReadonlySet<string>) => void;
  #ids = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `onOver`: the grace is over, and these have not come. */
  constructor(onOver: (gone: ReadonlySet<string>) => void) {
    this.#onOver = onOver;
  }

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  start(ids: readonly string[], graceSeconds: number): void {
    this.stop();
    this.#ids = new Set(ids);
    this.#timer = setTimeout(() => {
      const gone = this.#ids;
      this.stop();
      this.#onOver(gone);
    }, graceSeconds * 1000);
  }

  /** This one is back, or has left. */
  delete(id: string): void {
    this.#ids.delete(id);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#ids = new Set();
  }
}
