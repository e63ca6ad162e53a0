/** The words of the pages before a call, and those that all pages share, as the chosen language has them:
 *  `src/words/LANGUAGE/entry.json`. The voice: what happened, then what it means or what to do. Two sentences at
 *  most; no exclamation, no codes, no blame. */
import type { DeviceProblem } from '../rtc/LocalMedia';
import { entry } from '../words/gen/en.entry';
import { onWords } from '../words/language';

/** What happened, and what it means or what to do. */
export interface Words {
  readonly what: string;
  readonly then: string;
}

export type DeviceKind = 'microphone' | 'camera';

/** Everything that can go wrong with a device has words: a new problem without them does not compile. */
type Exhaustive = typeof entry & {
  readonly device: Readonly<Record<DeviceKind, Readonly<Record<DeviceProblem, Words>>>>;
  readonly deviceLabel: Readonly<Record<DeviceProblem, string>>;
};

/** To be read when it is shown, never kept: it changes with the language. */
export let strings: Exhaustive = entry;

onWords((words) => {
  strings = words?.entry ?? entry;
});
