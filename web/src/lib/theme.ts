/** Light or dark: as the person chose, else as the system has it. It stands on `<html data-theme>`, where
 *  public/theme.js puts it before the first paint. */
import { rememberedTheme, rememberTheme, type Theme } from './remember';

const systemIsDark = '(prefers-color-scheme: dark)';

function systemTheme(): Theme {
  return matchMedia(systemIsDark).matches ? 'dark' : 'light';
}

export function currentTheme(): Theme {
  return rememberedTheme() ?? systemTheme();
}

/** Keeps the page in step with the system and with other tabs. */
export function followTheme(): void {
  const show = () => {
    document.documentElement.dataset['theme'] = currentTheme();
  };
  show();
  matchMedia(systemIsDark).addEventListener('change', show);
  addEventListener('storage', show);
}

/** A choice that is the system's own is not kept, so that the page follows the system again. */
export function switchTheme(): void {
  const next: Theme = document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark';
  rememberTheme(next === systemTheme() ? null : next);
  document.documentElement.dataset['theme'] = next;
}
