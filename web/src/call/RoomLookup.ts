import { CallError, codeOf } from '../lib/errors';
import { logger } from '../lib/logger';
import type { RoomView } from '../protocol/messages.gen';
import type { DoorView, Lookup } from './callState';

const log = logger('lookup');

const REPEAT_MS = 5_000;
/** The server is away: its return should be seen soon. */
const RETRY_MS = 2_500;

/** Looks a room up from outside, again and again while one stands before its door. */
export class RoomLookup {
  readonly #lookUp: (signal: AbortSignal) => Promise<RoomView>;
  readonly #onResult: (lookup: Lookup) => void;
  #round: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(lookUp: (signal: AbortSignal) => Promise<RoomView>, onResult: (lookup: Lookup) => void) {
    this.#lookUp = lookUp;
    this.#onResult = onResult;
  }

  /** Begin, or look at once. */
  start(): void {
    this.stop();
    this.#round = new AbortController();
    void this.#look(this.#round.signal);
  }

  /** Safe twice. No result comes after it. */
  stop(): void {
    this.#round?.abort();
    this.#round = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #look(round: AbortSignal): Promise<void> {
    const lookup = await this.#result(round);
    if (round.aborted) return;
    this.#onResult(lookup);
    const isAway = lookup.name === 'failed' && lookup.problem.code === 'server_unreachable';
    this.#timer = setTimeout(() => void this.#look(round), isAway ? RETRY_MS : REPEAT_MS);
  }

  async #result(round: AbortSignal): Promise<Lookup> {
    try {
      const room = await this.#lookUp(round);
      const called = room.called == null ? {} : { called: room.called };
      const { capacity, inside, full: isFull = inside.length >= capacity } = room;
      return { name: 'found', capacity, inside, isFull, door: doorOf(room), ...called };
    } catch (error) {
      if (!(error instanceof CallError)) log.error('the room cannot be looked up', error);
      return { name: 'failed', problem: { code: codeOf(error) } };
    }
  }
}

function doorOf(room: RoomView): DoorView {
  return {
    title: room.name ?? '',
    hasPasscode: room.passcode ?? false,
    hasLobby: room.lobby ?? false,
    isLocked: room.locked ?? false,
    time: room.state ?? 'open',
    opensAt: room.opensAt ?? null,
    expiresAt: room.expiresAt ?? null,
    role: room.role ?? null,
  };
}
