/** Logging to the console, by area and level. Never a secret: no ticket, no SDP, no candidate. */

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];

export interface Logger {
  debug(message: string, ...details: unknown[]): void;
  info(message: string, ...details: unknown[]): void;
  warn(message: string, ...details: unknown[]): void;
  error(message: string, ...details: unknown[]): void;
}

// A test asserts on what is done; what is logged on the way would only bury its own report.
let threshold: LogLevel = import.meta.env.MODE === 'test' ? 'silent' : 'info';

/** From which level on messages are shown, everywhere. */
export function setLogLevel(level: LogLevel): void {
  threshold = level;
}

/** A logger whose messages begin with `[area]`. */
export function logger(area: string): Logger {
  const at =
    (level: Exclude<LogLevel, 'silent'>) =>
    (message: string, ...details: unknown[]): void => {
      if (LEVELS.indexOf(level) < LEVELS.indexOf(threshold)) return;
      console[level](`[${area}] ${message}`, ...details);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
