/** Errors as the client knows them: a code, for which the pages have the words. */
import type { ServerErrorCode } from '../protocol/messages.gen';
import type { DeviceProblem } from '../rtc/LocalMedia';

/** Everything that can go wrong for the person: what the server refuses, what a device does, and
 *  `server_unreachable` (no answer in time, or no connection) and `link_failed` (no way to a peer). */
export type ErrorCode = ServerErrorCode | DeviceProblem | 'server_unreachable' | 'link_failed';

/** Those that come about on the pages about accounts only. Their words are loaded with these. */
export type AccountErrorCode = Extract<
  ServerErrorCode,
  | 'account_exists'
  | 'account_not_allowed'
  | 'account_not_found'
  | 'admin_required'
  | 'api_key_invalid'
  | 'api_key_not_found'
  | 'email_invalid'
  | 'link_invalid'
  | 'mail_off'
  | 'origin_refused'
  | 'password_too_common'
  | 'password_too_long'
  | 'password_too_short'
  | 'password_wrong'
  | 'provider_answer_invalid'
  | 'provider_refused'
  | 'provider_unavailable'
  | 'session_not_found'
  | 'sign_in_failed'
  | 'sign_in_stale'
  | 'signup_closed'
  | 'too_many_attempts'
  | 'user_name_invalid'
>;

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
