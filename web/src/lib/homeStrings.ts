/** The words of the pages that are not on the way to a call: `src/words/LANGUAGE/home.json`. */
import { home } from '../words/gen/en.home';
import { onWords } from '../words/language';

/** To be read when it is shown, never kept: it changes with the language. */
export let homeStrings = home;

onWords((words) => {
  homeStrings = words?.home ?? home;
});
