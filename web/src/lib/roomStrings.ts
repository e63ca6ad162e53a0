/** The words about rooms: at the door, and where they are made and changed. Loaded late:
 *  `src/words/LANGUAGE/rooms.json`. */
import { dateTime } from '../words/formats';
import { rooms } from '../words/gen/en.rooms';
import { onWords } from '../words/language';

/** To be read when it is shown, never kept: it changes with the language. */
export let roomStrings = rooms;

onWords((words) => {
  roomStrings = words?.rooms ?? rooms;
});

/** "Wed 12 May, 14:05", in the person's own time; with the year where it is another. */
export function when(seconds: number): string {
  const isThisYear = new Date(seconds * 1000).getFullYear() === new Date().getFullYear();
  return dateTime(seconds * 1000, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(!isThisYear && { year: 'numeric' }),
  });
}
