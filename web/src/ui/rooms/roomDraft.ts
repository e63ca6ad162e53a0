/** The settings of a room as a form holds them, and what of them is to change. Pure. */
import type { ErrorCode } from '../../lib/errors';
import type { RoomSettings, SettingsChange } from '../../protocol/messages.gen';

/** What is being filled in. Times are those of `<input type="datetime-local">`, in local time; empty: none. */
export interface RoomDraft {
  readonly name: string;
  readonly hasPasscode: boolean;
  /** Empty: it stays as it is. */
  readonly passcode: string;
  readonly lobby: boolean;
  readonly anybodyAdmits: boolean;
  readonly locked: boolean;
  readonly capacity: string;
  readonly onlyModeratorsShare: boolean;
  readonly onlyModeratorsChat: boolean;
  readonly opensAt: string;
  readonly expiresAt: string;
  readonly once: boolean;
}

export type KnownSettings = RoomSettings & { readonly capacity: number };

export const PASSCODE = { shortest: 4, longest: 64 } as const;

/** A room that is not made yet; `capacity` as the server has it by itself. */
export const newRoom: KnownSettings = { capacity: 8 };

export function draftOf(room: KnownSettings): RoomDraft {
  return {
    name: room.name ?? '',
    hasPasscode: room.passcode ?? false,
    passcode: '',
    lobby: room.lobby ?? false,
    anybodyAdmits: room.answerWhenAlone === 'participants',
    locked: room.locked ?? false,
    capacity: String(room.capacity),
    onlyModeratorsShare: room.share === 'moderators',
    onlyModeratorsChat: room.chat === 'moderators',
    opensAt: localOf(room.opensAt ?? null),
    expiresAt: localOf(room.expiresAt ?? null),
    once: room.once ?? false,
  };
}

/** Only what the form has changed, so that what others change meanwhile stays as they have it. */
export function changesOf(draft: RoomDraft, room: KnownSettings): SettingsChange {
  const was = draftOf(room);
  const is = (key: keyof RoomDraft) => draft[key] !== was[key];
  const passcode = passcodeOf(draft, was);
  return {
    ...(draft.name.trim() !== was.name && { name: draft.name.trim() }),
    ...(passcode !== undefined && { passcode }),
    ...(is('lobby') && { lobby: draft.lobby }),
    ...(is('anybodyAdmits') && { answerWhenAlone: draft.anybodyAdmits ? 'participants' : 'nobody' }),
    ...(is('locked') && { locked: draft.locked }),
    ...(is('capacity') && { capacity: Number(draft.capacity) }),
    ...(is('onlyModeratorsShare') && { share: draft.onlyModeratorsShare ? 'moderators' : 'everybody' }),
    ...(is('onlyModeratorsChat') && { chat: draft.onlyModeratorsChat ? 'moderators' : 'everybody' }),
    ...(is('opensAt') && { opensAt: secondsOf(draft.opensAt) }),
    ...(is('expiresAt') && { expiresAt: secondsOf(draft.expiresAt) }),
    ...(is('once') && { once: draft.once }),
  };
}

/** What the server would refuse, with its code; null: nothing that can be seen from here. */
export function problemOf(draft: RoomDraft, room: KnownSettings): ErrorCode | null {
  const length = Array.from(draft.passcode.trim()).length;
  const isKept = room.passcode === true && length === 0;
  if (draft.hasPasscode && !isKept && (length < PASSCODE.shortest || length > PASSCODE.longest)) {
    return 'passcode_invalid';
  }
  const capacity = Number(draft.capacity);
  if (!Number.isInteger(capacity) || capacity < 2) return 'capacity_invalid';
  const opens = secondsOf(draft.opensAt);
  const expires = secondsOf(draft.expiresAt);
  return opens !== null && expires !== null && expires <= opens ? 'times_invalid' : null;
}

/** At which field an error is to be said; null: below all of them. */
export function fieldOf(code: ErrorCode | null): 'name' | 'link' | 'passcode' | 'capacity' | 'times' | null {
  switch (code) {
    case 'name_too_long':
      return 'name';
    case 'room_exists':
    case 'room_id_invalid':
      return 'link';
    case 'passcode_invalid':
      return 'passcode';
    case 'capacity_invalid':
      return 'capacity';
    case 'times_invalid':
      return 'times';
    default:
      return null;
  }
}

/** undefined: it stays as it is. */
function passcodeOf(draft: RoomDraft, was: RoomDraft): string | null | undefined {
  if (!draft.hasPasscode) return was.hasPasscode ? null : undefined;
  const passcode = draft.passcode.trim();
  return passcode === '' ? undefined : passcode;
}

/** "2026-05-12T14:05", in local time (HTML, section 2.3.5.5). */
export function localOf(seconds: number | null): string {
  if (seconds === null) return '';
  const at = new Date(seconds * 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

const WHOLE = /^\d{4,}-\d\d-\d\dT\d\d:\d\d/;

/** null where there is no whole time. */
export function secondsOf(local: string): number | null {
  const at = WHOLE.test(local) ? new Date(local).getTime() : Number.NaN;
  return Number.isNaN(at) ? null : at / 1000;
}
