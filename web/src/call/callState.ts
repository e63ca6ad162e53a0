/** What the pages show of one visit to a room, from the lobby to the page after the call.
 *  Plain data and pure reducers; no browser object but the streams, which are handed through. */
import type {
  Knock,
  Media,
  Moderated,
  Participant,
  RoomChanged,
  RoomSnapshot,
  UserJoined,
  UserLeft,
  UserUpdated,
} from '../protocol/messages.gen';
import type { ErrorCode } from '../lib/errors';
import type { DeviceState, MediaState } from '../rtc/LocalMedia';
import type { ScreenState } from '../rtc/LocalScreen';
import type { Quality } from '../rtc/linkQuality';
import type { LinkView } from '../rtc/PeerLink';
import type { JoinTiming } from './joinTiming';
import type { LinkQuality } from './LinkCare';

export type { LinkState, LinkView } from '../rtc/PeerLink';
export type { LinkQuality } from './LinkCare';

/** Something that went wrong, as state: pages find words and a way out by its code. */
export interface Problem {
  readonly code: ErrorCode;
}

/** The room as seen from outside, before one joins. */
export type Lookup =
  | { readonly name: 'looking' }
  | {
      readonly name: 'found';
      readonly capacity: number;
      /** Names; none where something keeps strangers out. */
      readonly inside: readonly string[];
      readonly isFull: boolean;
      readonly door: DoorView;
      /** The name in one's room token. */
      readonly called?: string;
    }
  | { readonly name: 'failed'; readonly problem: Problem };

/** What keeps one out of a room, as far as everybody may know. */
export interface DoorView {
  readonly title: string;
  readonly hasPasscode: boolean;
  readonly hasLobby: boolean;
  readonly isLocked: boolean;
  /** Whether it is the room's time. */
  readonly time: 'open' | 'notOpen' | 'over';
  /** In seconds since the epoch; null: no such time is set. */
  readonly opensAt: number | null;
  readonly expiresAt: number | null;
  /** What one would be inside; null: as everybody. Whoever has a role is asked for nothing. */
  readonly role: 'host' | 'moderator' | null;
}

export type EndReason = 'left' | 'replaced' | 'removed' | 'closed' | 'account' | 'refused';

export type Phase =
  /** In the lobby. `problem` is why the last try to join failed. */
  | { readonly name: 'idle'; readonly problem?: Problem }
  /** `isOpen`: nothing that is known keeps one out. */
  | { readonly name: 'joining'; readonly isOpen: boolean }
  /** Before the door, until somebody inside lets one in. `since` in ms (epoch). `isAttended`: whether somebody
   *  is there who may. */
  | { readonly name: 'waiting'; readonly since: number; readonly isAttended: boolean }
  /** In the call. */
  | { readonly name: 'connected' }
  /** In the call, but the server is away: links go on, nobody new can come in. `since` in ms (epoch). */
  | { readonly name: 'reconnecting'; readonly since: number }
  | {
      readonly name: 'ended';
      readonly reason: EndReason;
      readonly problem?: Problem;
      readonly summary: Summary;
    };

/** For the page after the call. */
export interface Summary {
  readonly seconds: number;
  /** Names of all whom one met, in order of meeting. */
  readonly met: readonly string[];
  /** How many were still inside when one left. */
  readonly stillInside: number;
}

/** How it is with hiding one's network address, by sending everything through TURN. */
export interface RelayView {
  /** One has asked for it. */
  readonly wanted: boolean;
  /** The server asks it of everybody. */
  readonly forced: boolean;
  /** Whether the server has TURN; null: not known yet. */
  readonly available: boolean | null;
}

export interface CallState {
  readonly roomId: string;
  readonly phase: Phase;
  readonly lookup: Lookup;
  readonly media: MediaState;
  /** One's own screen. */
  readonly screen: ScreenState;
  readonly relay: RelayView;
  /** One's own id; null outside of a call. */
  readonly selfId: string | null;
  /** When one entered this call, in ms (epoch); null outside of a call. */
  readonly enteredAt: number | null;
  /** The room as its members know it, oneself included; null outside of a call. */
  readonly room: RoomSnapshot | null;
  /** Those who knock and whom one may let in, the first first. */
  readonly knocks: readonly Knock[];
  /** What somebody with a role did to one last; null before, and outside of a call. */
  readonly moderated: Moderated | null;
  /** By participant id; never holds oneself. */
  readonly links: ReadonlyMap<string, LinkView>;
  /** How these links are. */
  readonly qualities: ReadonlyMap<string, LinkQuality>;
  /** How long the last entering took; null before the first. */
  readonly joinTiming: JoinTiming | null;
}

/** Before anything has happened. */
export function initialState(
  roomId: string,
  media: MediaState,
  screen: ScreenState,
  relay: RelayView,
): CallState {
  return {
    roomId,
    media,
    screen,
    relay,
    phase: { name: 'idle' },
    lookup: { name: 'looking' },
    selfId: null,
    enteredAt: null,
    room: null,
    knocks: [],
    moderated: null,
    links: new Map(),
    qualities: new Map(),
    joinTiming: null,
  };
}

export type RosterEvent =
  | { readonly event: 'userJoined'; readonly message: UserJoined }
  | { readonly event: 'userUpdated'; readonly message: UserUpdated }
  | { readonly event: 'userLeft'; readonly message: UserLeft }
  | { readonly event: 'roomChanged'; readonly message: RoomChanged };

/** The room after an event; 'stale' where it is known already; 'gap' where one was missed and a
 *  snapshot must be asked for. The server's `rooms.apply` is the same function. */
export function applyRosterEvent(room: RoomSnapshot, change: RosterEvent): RoomSnapshot | 'stale' | 'gap' {
  const { version } = change.message;
  if (version <= room.version) return 'stale';
  if (version > room.version + 1) return 'gap';
  switch (change.event) {
    case 'userJoined':
      return { ...room, version, participants: enter(room.participants, change.message.participant) };
    case 'userUpdated': {
      const { participant } = change.message;
      return {
        ...room,
        version,
        participants: room.participants.map((p) => (p.id === participant.id ? participant : p)),
      };
    }
    case 'userLeft': {
      const { participantId } = change.message;
      return { ...room, version, participants: room.participants.filter((p) => p.id !== participantId) };
    }
    case 'roomChanged': {
      const { capacity, settings } = change.message;
      return { ...room, version, capacity, settings };
    }
  }
}

/** Who has come back with this event; null: nobody. Signals from before may have been lost then. One whose going the
 *  server has not noticed is told again just as before. */
export function returning(before: RoomSnapshot, change: RosterEvent): string | null {
  if (change.event === 'userLeft' || change.event === 'roomChanged') return null;
  const { participant } = change.message;
  const known = before.participants.find((p) => p.id === participant.id);
  if (known === undefined || participant.presence !== 'connected') return null;
  const isBack = known.presence === 'reconnecting' || JSON.stringify(known) === JSON.stringify(participant);
  return isBack ? participant.id : null;
}

/** In the order of the server, in which one who comes back after the grace stands where they stood. One who
 *  is awaited (`withAwaited`) is there already. */
function enter(inside: readonly Participant[], entering: Participant): readonly Participant[] {
  return [...inside.filter((p) => p.id !== entering.id), entering].sort(byEntering);
}

function byEntering(a: Participant, b: Participant): number {
  return a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1);
}

/** A snapshot of a server that has forgotten the roster holds only those who have come back so far. The
 *  others of `before` that are awaited stay where they were, marked as reconnecting. */
export function withAwaited(
  snapshot: RoomSnapshot,
  before: RoomSnapshot,
  awaited: ReadonlySet<string>,
): RoomSnapshot {
  if (awaited.size === 0) return snapshot;
  const back = new Set(snapshot.participants.map((p) => p.id));
  const away = before.participants
    .filter((p) => awaited.has(p.id) && !back.has(p.id))
    .map((p) => ({ ...p, presence: 'reconnecting' as const }));
  return { ...snapshot, participants: [...snapshot.participants, ...away].sort(byEntering) };
}

/** One's address is to be hidden, and there is nothing behind which: nobody can be reached. */
export function isRelayMissing({ relay }: Pick<CallState, 'relay'>): boolean {
  return (relay.wanted || relay.forced) && relay.available === false;
}

/** How the room is called: by those who made it, else by its id. */
export function titleOf({ room, lookup, roomId }: CallState): string {
  const atDoor = lookup.name === 'found' ? lookup.door.title : '';
  return (room?.settings?.name ?? (room === null ? atDoor : '')) || roomId;
}

/** Everyone but oneself, in order of entering. */
export function others(state: Pick<CallState, 'room' | 'selfId'>): readonly Participant[] {
  return state.room?.participants.filter((p) => p.id !== state.selfId) ?? [];
}

/** For the page after the call. `met`: names, in order of meeting. */
export function summaryOf(state: CallState, met: readonly string[]): Summary {
  const seconds = state.enteredAt === null ? 0 : Math.round((Date.now() - state.enteredAt) / 1000);
  return { seconds, met, stillInside: others(state).length };
}

/** How many are in the room, as seen from outside; nobody can be met where it is full. null: whoever has to knock, or to
 *  say a passcode, is not told. */
export function insideOf({ lookup }: Pick<CallState, 'lookup'>): number | null {
  if (lookup.name !== 'found' || lookup.isFull) return 0;
  const isHidden = lookup.inside.length === 0 && (lookup.door.hasLobby || lookup.door.hasPasscode);
  return isHidden ? null : lookup.inside.length;
}

/** Whether nothing that is known keeps one out of the room. */
export function isOpenTo({ lookup }: Pick<CallState, 'lookup'>): boolean {
  if (lookup.name !== 'found' || lookup.isFull) return false;
  const { role, time, hasLobby, hasPasscode, isLocked } = lookup.door;
  return role !== null || (time === 'open' && !hasLobby && !hasPasscode && !isLocked);
}

/** What the others are told: a microphone that is muted or missing sends nothing. */
export function sentMedia({ media, screen }: Pick<CallState, 'media' | 'screen'>): Media {
  return {
    audio: isSent(media.microphone),
    video: isSent(media.camera),
    screen: screen.state === 'on',
  };
}

function isSent({ state, isInterrupted }: DeviceState): boolean {
  return state === 'on' && isInterrupted !== true;
}

/** For whom one's own picture is paused, because the link does not carry it. Whether it is one's own connection
 *  that is weak or theirs cannot be seen from here; where it is so for all, it is taken to be one's own. */
export function pausedFor(state: CallState): {
  readonly names: readonly string[];
  readonly isForAll: boolean;
} {
  const paused = others(state).filter(({ id }) => state.qualities.get(id)?.oursPaused === true);
  const isForAll = paused.length > 0 && paused.length === state.qualities.size;
  return { names: paused.map(({ name }) => name), isForAll };
}

/** One's own connection is as good as the best of the links: what ails only some lies with the others. */
export function ownQuality({ qualities }: CallState): Quality | null {
  const known = [...qualities.values()].map(({ quality }) => quality);
  return (['good', 'fair', 'poor'] as const).find((quality) => known.includes(quality)) ?? null;
}

/** Whether the browser must be asked for something that is wanted. */
export function isToBeAsked({ microphone, camera }: MediaState): boolean {
  return [microphone, camera].some((device) => device.wanted && device.state === 'off');
}
