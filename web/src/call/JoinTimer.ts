import type { JoinTimed } from '../protocol/messages.gen';
import type { LinkStep } from '../rtc/PeerLink';
import { entered, isComplete, reached, reportOf, type JoinTiming, type JoinWay } from './joinTiming';

/** Who has no picture by then is not waited for: their camera may be off. */
const REPORT_AFTER_MS = 10_000;

export interface JoinTimerOptions {
  readonly onChange: (timing: JoinTiming) => void;
  /** Called once for each time one enters and is not alone. */
  readonly report: (times: JoinTimed) => void;
}

/** Times each entering, from the press on Join to the first pictures. */
export class JoinTimer {
  readonly #options: JoinTimerOptions;
  #pressedAt = 0;
  #timing: JoinTiming | null = null;
  #deadline: ReturnType<typeof setTimeout> | null = null;

  constructor(options: JoinTimerOptions) {
    this.#options = options;
  }

  /** Join was pressed. */
  start(): void {
    this.stop();
    this.#pressedAt = performance.now();
  }

  entered(inside: readonly string[], ways: ReadonlyMap<string, JoinWay>): void {
    this.#take(entered(this.#elapsed, inside, ways));
    this.#deadline = setTimeout(() => {
      this.#report();
    }, REPORT_AFTER_MS);
  }

  reached(id: string, step: LinkStep | 'frame'): void {
    if (this.#timing === null) return;
    const next = reached(this.#timing, id, step, this.#elapsed);
    if (next === this.#timing) return;
    this.#take(next);
    if (isComplete(next)) this.#report();
  }

  /** One is not inside any more. Safe twice. */
  stop(): void {
    this.#stopDeadline();
    this.#timing = null;
  }

  get #elapsed(): number {
    return performance.now() - this.#pressedAt;
  }

  #take(timing: JoinTiming): void {
    this.#timing = timing;
    this.#options.onChange(timing);
  }

  #report(): void {
    if (this.#deadline === null || this.#timing === null) return;
    this.#stopDeadline();
    const times = reportOf(this.#timing);
    if (times !== null) this.#options.report(times);
  }

  #stopDeadline(): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#deadline = null;
  }
}
