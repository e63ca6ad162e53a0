/** Errors as the client knows them: a code, for which the pages have the words. */
import type { ServerErrorCode } from '../protocol/messages.gen';
import type { DeviceProblem } from '../rtc/LocalMedia';

/** Everything that can go wrong for the person: what the server refuses, what a device does, and
 *  `server_unreachable` (no answer in time, or no connection) and `link_failed` (no way to a peer). */
export type ErrorCode = ServerErrorCode | DeviceProblem | 'server_unreachable' | 'link_failed';

/** An error with an audience. `message` is for the log; the pages speak by `code`. */
export class CallError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message?: string, options?: ErrorOptions) {
    super(message ?? code, options);
    this.name = 'CallError';
    this.code = code;
  }
}

/** The code of whatever was thrown; `internal` for what nobody expected. */
export function codeOf(thrown: unknown): ErrorCode {
  return thrown instanceof CallError ? thrown.code : 'internal';
}
