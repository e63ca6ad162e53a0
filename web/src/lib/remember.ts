/** What this browser keeps from one visit to the next. Storage may be blocked, full, or hold anything:
 *  then nothing is remembered, and nothing breaks. */
import type { Corner } from '../call/layout';
import type { MediaChoice } from '../rtc/LocalMedia';

export type Theme = 'light' | 'dark';

const NAME = 'visavis.name';
const MEDIA = 'visavis.media';
const HIDE_ADDRESS = 'visavis.hideAddress';
const BROWSER = 'visavis.browser';
const HOST_KEYS = 'visavis.hostKeys';
/** public/theme.js reads it too, before the first paint. */
const THEME = 'visavis.theme';
const TOKEN = 'visavis.token.';
const LANGUAGE = 'visavis.language';
const STAGE = 'visavis.stage';
const LONGEST_NAME = 60;
const LONGEST_KEY = 128;

const CORNERS: readonly Corner[] = ['bottom end', 'bottom start', 'top end', 'top start'];

export const firstVisit: MediaChoice = {
  microphone: true,
  camera: true,
  microphoneId: null,
  cameraId: null,
  speakerId: null,
  originalSound: false,
};

export function rememberedName(): string {
  return (read(NAME) ?? '').slice(0, LONGEST_NAME);
}

export function rememberName(name: string): void {
  write(NAME, name);
}

export function rememberedMedia(): MediaChoice {
  const kept = parsed(read(MEDIA));
  return {
    microphone: flag(kept['microphone']),
    camera: flag(kept['camera']),
    microphoneId: deviceId(kept['microphoneId']),
    cameraId: deviceId(kept['cameraId']),
    speakerId: deviceId(kept['speakerId']),
    originalSound: kept['originalSound'] === true,
  };
}

export function rememberMedia(choice: MediaChoice): void {
  write(MEDIA, JSON.stringify(choice));
}

/** Whether the others must not see one's network address. */
export function rememberedHideAddress(): boolean {
  return read(HIDE_ADDRESS) === 'yes';
}

export function rememberHideAddress(hide: boolean): void {
  write(HIDE_ADDRESS, hide ? 'yes' : null);
}

export interface OwnPlace {
  readonly corner: Corner;
  readonly isOwnHidden: boolean;
}

/** Where one's own picture floats, and whether it is shown at all. */
export function rememberedOwnPlace(): OwnPlace {
  const kept = parsed(read(STAGE));
  return {
    corner: CORNERS.find((corner) => corner === kept['corner']) ?? 'bottom end',
    isOwnHidden: kept['isOwnHidden'] === true,
  };
}

export function rememberOwnPlace({ corner, isOwnHidden }: OwnPlace): void {
  write(STAGE, JSON.stringify({ corner, isOwnHidden }));
}

export function rememberedTheme(): Theme | null {
  const kept = read(THEME);
  return kept === 'light' || kept === 'dark' ? kept : null;
}

/** null: follow the system again. */
export function rememberTheme(theme: Theme | null): void {
  write(THEME, theme);
}

export function rememberedLanguage(): string | null {
  return read(LANGUAGE);
}

/** null: follow the browser again. */
export function rememberLanguage(language: string | null): void {
  write(LANGUAGE, language);
}

/** The room token with which this tab came, so that its page can be loaded again. */
export function rememberedToken(roomId: string): string | null {
  try {
    return sessionStorage.getItem(TOKEN + roomId);
  } catch {
    return null;
  }
}

export function rememberToken(roomId: string, token: string): void {
  try {
    sessionStorage.setItem(TOKEN + roomId, token);
  } catch {
    // Blocked or full: the token holds until the page is loaded again.
  }
}

/** A random text that rooms know this browser again by, where somebody was removed. Made at the first need. */
export function rememberedBrowser(): string {
  const kept = read(BROWSER);
  if (kept !== null && kept !== '') return kept.slice(0, LONGEST_KEY);
  const made = crypto.getRandomValues(new Uint32Array(4)).join('-');
  write(BROWSER, made);
  return made;
}

/** The keys of rooms that were made in this browser, by the rooms' ids. */
export function rememberedHostKeys(): Readonly<Record<string, string>> {
  const known = Object.entries(parsed(read(HOST_KEYS))).filter(([, key]) => typeof key === 'string');
  return Object.fromEntries(known) as Record<string, string>;
}

/** null: the room is no more. */
export function rememberHostKey(roomId: string, key: string | null): void {
  const known = new Map(Object.entries(rememberedHostKeys()));
  if (key === null) known.delete(roomId);
  else known.set(roomId, key);
  write(HOST_KEYS, JSON.stringify(Object.fromEntries(known)));
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Blocked or full: the choice holds for this visit.
  }
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function flag(value: unknown): boolean {
  return typeof value === 'boolean' ? value : true;
}

function deviceId(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
