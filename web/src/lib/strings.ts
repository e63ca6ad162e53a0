/** The words of the pages before a call, and those that all pages share, as the chosen language has them:
 *  `src/words/LANGUAGE/entry.json`. The voice: what happened, then what it means or what to do. Two sentences at
 *  most; no exclamation, no codes, no blame. */
import type { DeviceProblem } from '../rtc/LocalMedia';
import { entry } from '../words/gen/en.entry';
import { onWords } from '../words/language';
import type { AccountErrorCode, ErrorCode } from './errors';

/** What happened, and what it means or what to do. */
export interface Words {
  readonly what: string;
  readonly then: string;
}

export type DeviceKind = 'microphone' | 'camera';

/** Everything that can go wrong has words: a new code without them does not compile. */
type Exhaustive = typeof entry & {
  readonly problem: Readonly<Record<Exclude<ErrorCode, AccountErrorCode>, Words>>;
  readonly device: Readonly<Record<DeviceKind, Readonly<Record<DeviceProblem, Words>>>>;
  readonly deviceLabel: Readonly<Record<DeviceProblem, string>>;
};

/** To be read when it is shown, never kept: it changes with the language. */
export let strings: Exhaustive = entry;

onWords((words) => {
  strings = words?.entry ?? entry;
});

/** Words for what went wrong. What does not come about here is told as what nobody expected. */
export function wordsFor(code: ErrorCode): Words {
  const known: Partial<Record<ErrorCode, Words>> = strings.problem;
  return known[code] ?? strings.problem.internal;
}
