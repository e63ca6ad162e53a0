/** The words from the press on Join on, loaded with the call's page: `call.json` and `stage.json`, and with
 *  them those of `strings.ts`. */
import type { Quality } from '../rtc/linkQuality';
import { call } from '../words/gen/en.call';
import { entry } from '../words/gen/en.entry';
import { stage } from '../words/gen/en.stage';
import { onWords } from '../words/language';
import { strings as shared } from './strings';

const english = { ...entry, ...call, ...stage };

type Exhaustive = typeof english &
  typeof shared & { readonly quality: { readonly verdict: Readonly<Record<Quality, string>> } };

/** To be read when it is shown, never kept: it changes with the language. */
export let strings: Exhaustive = english;

onWords((words) => {
  strings = words === null ? english : { ...words.entry, ...words.call, ...words.stage };
});
