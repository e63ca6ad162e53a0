import type { StoreApi } from 'zustand/vanilla';
import type { RoomSnapshot } from '../protocol/messages.gen';
import { Awaited } from './Awaited';
import {
  applyRosterEvent,
  others,
  returning,
  withAwaited,
  type CallState,
  type RosterEvent,
} from './callState';
import type { LinkSet } from './LinkSet';

interface Parts {
  readonly store: StoreApi<CallState>;
  readonly links: Pick<LinkSet, 'ids' | 'resync' | 'setPictureAside' | 'update'>;
  /** For links that are made. */
  readonly configuration: () => RTCConfiguration;
}

/** Who is in the room, as the server tells it, and the links that follow from it: to each of the others one.
 *  Holds nothing before the first snapshot, and after `clear`. */
export class Roster {
  readonly #parts: Parts;
  readonly #awaited = new Awaited((gone) => {
    this.#drop(gone);
  });
  readonly #met = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Names of all whom one met in this call, in order of meeting. */
  get met(): readonly string[] {
    return [...this.#met];
  }

  /** A call begins in which nobody was met yet. */
  begin(): void {
    this.#met.clear();
  }

  /** False: an event before this one was missed, and a snapshot must be asked for. */
  apply(change: RosterEvent): boolean {
    const { room } = this.#state;
    if (room === null) return true;
    const next = applyRosterEvent(room, change);
    if (next === 'gap') return false;
    if (next === 'stale') return true;
    if (change.event === 'userJoined') this.#awaited.delete(change.message.participant.id);
    const isBack = returning(room, change);
    this.#set(next, true);
    if (isBack !== null) this.#parts.links.resync([isBack]);
    return true;
  }

  /** `initiator`: whether we make the first offer to those who are new to us. `grace` in seconds: how long a place
   *  is kept, told by those acks that come after a restart. */
  take(snapshot: RoomSnapshot, { initiator, grace }: { initiator: boolean; grace?: number }): void {
    const { room: before, selfId } = this.#state;
    const inside = new Set(snapshot.participants.map((p) => p.id));
    if (before === null) {
      this.#set(snapshot, initiator);
      return;
    }
    if (before.epoch !== snapshot.epoch && grace !== undefined) {
      const missing = before.participants.map((p) => p.id).filter((id) => id !== selfId && !inside.has(id));
      this.#awaited.start(missing, grace);
    }
    for (const id of inside) this.#awaited.delete(id);
    this.#set(withAwaited(snapshot, before, this.#awaited.ids), initiator);
  }

  /** A peer has closed its link. While the server is away, with us or with them, one who leaves can tell us in no
   *  other way. */
  onLinkClosed(id: string): void {
    const { room, phase } = this.#state;
    const peer = room?.participants.find((p) => p.id === id);
    if (room === null || (phase.name !== 'reconnecting' && peer?.presence !== 'reconnecting')) return;
    this.#awaited.delete(id);
    this.#drop(new Set([id]));
  }

  /** Signals to and from these may have been lost, as far as the server has a way to them. */
  resyncPresent(ids: readonly string[]): void {
    const present = new Set(
      others(this.#state)
        .filter((p) => p.presence === 'connected')
        .map((p) => p.id),
    );
    this.#parts.links.resync(ids.filter((id) => present.has(id)));
  }

  /** Nobody is known to be inside. */
  clear(): void {
    this.#awaited.stop();
    this.#parts.store.setState({ room: null });
  }

  get #state(): CallState {
    return this.#parts.store.getState();
  }

  #set(room: RoomSnapshot, initiator: boolean): void {
    const { store, links, configuration } = this.#parts;
    store.setState({ room });
    const { selfId } = this.#state;
    if (selfId === null) return;
    const present = others(this.#state);
    for (const { id, name, media } of present) {
      this.#met.add(name);
      if (!media.video) links.setPictureAside(id);
    }
    const ids = present.map((p) => p.id);
    links.update(selfId, ids, initiator, configuration());
  }

  /** These are not inside any more, though the server did not say so. */
  #drop(gone: ReadonlySet<string>): void {
    const { room } = this.#state;
    if (room === null || gone.size === 0) return;
    const participants = room.participants.filter((p) => !gone.has(p.id));
    this.#set({ ...room, participants }, true);
  }
}
