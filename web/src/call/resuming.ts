import type { ErrorCode } from '../lib/errors';

/** What to do where one's place in a call was not given back. */
export type NotResumed =
  /** The connection is of no use: no answer came on it, or it is in a state that it cannot be in. */
  | 'reconnect'
  /** The server cannot at the moment. */
  | 'wait'
  /** The place is lost: enter as a newcomer. */
  | 'enter'
  /** It is another call by now: back before its door. */
  | 'knock'
  /** There is no way back. */
  | 'end';

const BY_CODE: Partial<Record<ErrorCode, NotResumed>> = {
  server_unreachable: 'reconnect',
  already_in_room: 'reconnect',
  internal: 'wait',
  rate_limited: 'wait',
  storage_unavailable: 'wait',
  ticket_invalid: 'enter',
  ticket_expired: 'enter',
  room_not_found: 'enter',
  knock_needed: 'knock',
  passcode_needed: 'knock',
};

export function afterNotResumed(code: ErrorCode): NotResumed {
  return BY_CODE[code] ?? 'end';
}
