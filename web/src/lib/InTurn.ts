/** Acts that may wait for each other: each is carried out in a task of its own, in order, so that many of them do not
 *  hold the page up as one would. They come at once in a page that nobody looks at too, where timers are slow. */
export class InTurn {
  readonly #due = new Map<string, () => void>();
  #channel: MessageChannel | null = null;

  /** The last act of a name takes the place of those before it. */
  add(name: string, act: () => void): void {
    this.#due.set(name, act);
    if (this.#channel !== null) return;
    this.#channel = new MessageChannel();
    this.#channel.port1.onmessage = () => {
      this.#next();
    };
    this.#channel.port2.postMessage(null);
  }

  /** Carry out none of those that wait. */
  clear(): void {
    this.#due.clear();
    this.#channel?.port1.close();
    this.#channel = null;
  }

  #next(): void {
    const [first] = this.#due;
    if (first === undefined) {
      this.clear();
      return;
    }
    const [name, act] = first;
    this.#due.delete(name);
    // Before the act: if it fails, the others come all the same.
    this.#channel?.port2.postMessage(null);
    act();
  }
}
