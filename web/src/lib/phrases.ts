/** Words that need a thought: names and lists of people. */
import { list } from '../words/formats';
import { strings } from './strings';

export function named(name: string): string {
  return name.trim() || strings.guest;
}

/** "Mara", "Mara and Joel", "Mara, Joel and 3 others". */
export function people(names: readonly string[], shown = 3): string {
  const known = names.length <= shown + 1 ? names : names.slice(0, shown);
  const rest = names.length - known.length;
  return list([...known.map(named), ...(rest > 0 ? [strings.others({ count: rest })] : [])]);
}
