/** What compiled messages call: numbers and plurals as the chosen language has them (ECMA-402). */
let locale = 'en-GB';
let plurals = new Intl.PluralRules(locale);
/** Made when it is needed first, which takes the browser some ten milliseconds, and kept. */
let lists: Intl.ListFormat | null = null;

export function formatFor(chosen: string): void {
  locale = chosen;
  plurals = new Intl.PluralRules(locale);
  lists = null;
}

export function number(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(locale, options).format(value);
}

export function dateTime(ms: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, options).format(ms);
}

/** The form of a number: `=0` and the like first, then the language's own. */
export function plural(value: number, forms: Readonly<Record<string, string>>): string {
  return forms[`=${value}`] ?? forms[plurals.select(value)] ?? forms['other'] ?? '';
}

/** "Mara", "Mara and Joel", "Mara, Joel and Ines". */
export function list(items: readonly string[]): string {
  // In no language is there something to put between.
  if (items.length < 2) return items.join();
  lists ??= new Intl.ListFormat(locale, { style: 'long', type: 'conjunction' });
  return lists.format(items);
}

/** Make what `list` needs, while nobody waits for it. */
export function prepareLists(): void {
  list(['', '']);
}

export function upperCased(text: string): string {
  return text.toLocaleUpperCase(locale);
}

/** "14:02", of a moment in ms (epoch). */
export function time(at: number): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(at);
}
