/** The words of the chat, which is loaded when it is opened: `src/words/LANGUAGE/chat.json`. */
import { chat } from '../words/gen/en.chat';
import { onWords } from '../words/language';

/** To be read when it is shown, never kept: it changes with the language. */
export let chatStrings: typeof chat = chat;

onWords((words) => {
  chatStrings = words?.chat ?? chat;
});
