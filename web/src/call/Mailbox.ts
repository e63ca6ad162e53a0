/** Holds back what the server tells while a snapshot is on its way, so that it is applied after it and in
 *  order: notices of a room may overtake the ack that says that one is in it. */
export class Mailbox {
  #held: (() => void)[] = [];
  #isHolding = false;
  #pause: ReturnType<typeof setTimeout> | null = null;

  /** Carry out now, or after what is held. */
  deliver(act: () => void): void {
    if (this.#isHolding) this.#held.push(act);
    else act();
  }

  hold(): void {
    this.#stopPause();
    this.#isHolding = true;
  }

  /** Hold for so long, unless `hold` says otherwise meanwhile. */
  pause(ms: number): void {
    if (this.#isHolding) return;
    this.#isHolding = true;
    this.#pause = setTimeout(() => {
      this.release();
    }, ms);
  }

  /** Carry out what was held. It may `hold` again, which keeps the rest. */
  release(): void {
    this.#stopPause();
    this.#isHolding = false;
    // An act may hold again, which no type tells.
    while (!this.#holds()) {
      const act = this.#held.shift();
      if (act === undefined) return;
      act();
    }
  }

  /** Forget what is held: the connection that told it is gone, and a snapshot will say all. */
  clear(): void {
    this.#held = [];
  }

  #stopPause(): void {
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
  }

  #holds(): boolean {
    return this.#isHolding;
  }
}
