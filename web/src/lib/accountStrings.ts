/** The words of the pages about accounts, which are loaded late: `src/words/LANGUAGE/account.json`. */
import { dateTime } from '../words/formats';
import { account } from '../words/gen/en.account';
import { onWords } from '../words/language';
import type { AccountErrorCode, ErrorCode } from './errors';
import { wordsFor } from './problemStrings';
import type { Words } from './strings';

type Exhaustive = typeof account & { readonly problem: Readonly<Record<AccountErrorCode, Words>> };

/** To be read when it is shown, never kept: it changes with the language. */
export let accountStrings: Exhaustive = account;

onWords((words) => {
  accountStrings = words?.account ?? account;
});

/** Words for what went wrong on these pages. */
export function accountWordsFor(code: ErrorCode): Words {
  const known: Partial<Record<ErrorCode, Words>> = accountStrings.problem;
  return known[code] ?? wordsFor(code);
}

/** "12 May 2026, 14:05", in the person's own time. */
export function moment(seconds: number): string {
  return dateTime(seconds * 1000, { dateStyle: 'medium', timeStyle: 'short' });
}

/** What a browser says of itself, as people call it: "Firefox on Windows". Null where it is none. */
export function browserOf(userAgent: string): string | null {
  const browser = BROWSERS.find(([sign]) => userAgent.includes(sign))?.[1];
  const system = SYSTEMS.find(([sign]) => userAgent.includes(sign))?.[1];
  if (browser === undefined) return null;
  return system === undefined ? browser : `${browser} · ${system}`;
}

// Of several that fit the first counts: each browser says the names of its forebears too.
const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;

const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const;
