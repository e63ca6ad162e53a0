/** The words for what went wrong, loaded late: `src/words/LANGUAGE/problem.json`. The lobby has the two that it needs
 *  while the server is away. */
import { problem } from '../words/gen/en.problem';
import { onWords } from '../words/language';
import type { AccountErrorCode, ErrorCode } from './errors';
import { strings, type Words } from './strings';

/** Everything that can go wrong has words: a new code without them does not compile. */
type Exhaustive = Readonly<
  Record<Exclude<ErrorCode, AccountErrorCode | keyof (typeof strings)['problem']>, Words>
>;

/** To be read when it is shown, never kept: it changes with the language. */
export let problemStrings: Exhaustive = problem;

onWords((words) => {
  problemStrings = words?.problem ?? problem;
});

/** Words for what went wrong. What does not come about here is told as what nobody expected. */
export function wordsFor(code: ErrorCode): Words {
  const known: Partial<Record<ErrorCode, Words>> = { ...problemStrings, ...strings.problem };
  return known[code] ?? problemStrings.internal;
}
