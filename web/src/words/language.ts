/** Which language the pages speak: as the person chose, else as the browser wants it, else English. English
 *  comes with each part of the client; another language is one file, loaded when it is chosen. */
import { createStore } from 'zustand/vanilla';
import { rememberedLanguage, rememberLanguage } from '../lib/remember';
import { formatFor } from './formats';
import type { Catalogue } from './gen/catalogue';
import languages from './languages.json';

export type Language = keyof typeof languages;

/** How a language calls itself, its BCP 47 tag, and which way it is written. */
interface Facts {
  readonly name: string;
  readonly locale: string;
  readonly direction: string;
}

export const LANGUAGES: Readonly<Record<Language, Facts>> = languages;

const load: Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ readonly words: Catalogue }>>> = {
  de: () => import('./gen/de'),
};

/** A new value whenever the words are others: what is shown is to be drawn anew. */
export const spoken = createStore<{ readonly language: Language }>(() => ({ language: 'en' }));

let current: Catalogue | null = null;
const listeners = new Set<(words: Catalogue | null) => void>();

/** Tells a part of the words, now and at each change; null: English, which the part has itself. */
export function onWords(take: (words: Catalogue | null) => void): void {
  listeners.add(take);
  take(current);
}

/** To be awaited before anything is drawn. What cannot be loaded leaves English. */
export async function speak(language: Language): Promise<void> {
  if (language === 'en') {
    adopt(null, 'en', LANGUAGES.en);
    return;
  }
  try {
    adopt((await load[language]()).words, language, LANGUAGES[language]);
  } catch {
    // The server is away: English was there from the start.
  }
}

/** As `speak`, and the next visit begins so. The browser's own language is not kept: it may change. */
export async function choose(language: Language): Promise<void> {
  rememberLanguage(language === wanted() ? null : language);
  await speak(language);
}

export function initialLanguage(): Language {
  const kept = rememberedLanguage();
  return kept !== null && isKnown(kept) ? kept : wanted();
}

/** Puts these words in force; the gallery has some of its own. */
export function adopt(words: Catalogue | null, language: Language, { locale, direction }: Facts): void {
  current = words;
  formatFor(locale);
  document.documentElement.lang = locale;
  document.documentElement.dir = direction;
  for (const take of listeners) take(words);
  spoken.setState({ language }, true);
}

function wanted(): Language {
  const tongues = navigator.languages.map((tag) => tag.toLowerCase().split('-')[0] ?? '');
  return tongues.find(isKnown) ?? 'en';
}

function isKnown(language: string): language is Language {
  return Object.hasOwn(languages, language);
}
