/** Holds back what the server tells while a snapshot is on its way, so that it is applied after it and in
 *  order: notices of a room may overtake the ack that says that one is in it. */
export class Mailbox {
  #held: (() => void)[] = [];
  #isHolding = false;

  /** Carry out now, or after what is held. */
  deliver(act: () => void): void {
    if (this.#isHolding) this.#held.push(act);
    else act();
  }

  hold(): void {
    this.#isHolding = true;
  }

  /** Carry out what was held. It may `hold` again, which keeps the rest. */
  release(): void {
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

  #holds(): boolean {
    return this.#isHolding;
  }
}
