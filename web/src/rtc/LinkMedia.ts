import { firstScale } from './firstPicture';
import { LinkSender, preferRedundantSound } from './LinkSender';
import type { SendBudget } from './sendBudget';
import { kindOf, SOURCES, sourcesOf, type Source } from './sources';

/** What a link carries, in both directions: one transceiver for each source, made once, for the link's whole
 *  life. What is sent changes by `replaceTrack` alone.
 *
 *  The side that makes the first offer adds them; the other adopts those that come with the offer, for a
 *  transceiver made by addTransceiver is never matched to an offered m-line (RFC 8829, section 5.10). */
export class LinkMedia {
  /** Sound and picture of the other; at most one track of each kind. */
  readonly stream = new MediaStream();
  /** The same of their screen. */
  readonly screen = new MediaStream();
  readonly #onError: (error: unknown, connection: RTCPeerConnection) => void;
  readonly #sender: LinkSender;
  #connection: RTCPeerConnection | null = null;
  /** Names our tracks in the SDP, for peers that look for `event.streams`. Holds no track itself: one for all,
   *  so that a peer that knows nothing of screens plays the first picture and all sound. */
  readonly #ownStream = new MediaStream();
  readonly #transceivers = new Map<Source, RTCRtpTransceiver>();
  readonly #tracks = new Map<Source, MediaStreamTrack | null>();
  /** A picture is put into the stream only when it comes. */
  #picturesWait = false;
  #isSmall = true;
  /** Until the first picture is through: to set what the browser's media threads send holds it up. */
  #isYoung = true;
  #budget: SendBudget | null = null;

  constructor(onError: (error: unknown, connection: RTCPeerConnection) => void) {
    this.#onError = onError;
    this.#sender = new LinkSender((error) => {
      if (this.#connection !== null) onError(error, this.#connection);
    });
  }

  /** This connection takes the place of the one before, of which nothing can be used any more; null: none does,
   *  and nothing changes from here on. */
  use(connection: RTCPeerConnection | null): void {
    this.#transceivers.clear();
    this.#connection = connection;
  }

  /** Whether the connection has none of our transceivers yet. */
  get isEmpty(): boolean {
    return this.#transceivers.size === 0;
  }

  /** Send this track from now on; null: nothing. */
  setTrack(source: Source, track: MediaStreamTrack | null): void {
    this.#tracks.set(source, track);
    if (source === 'video' && this.#isSmall) this.#sender.scaleAtLeast(firstScale(track));
    this.#putTrackIn(source);
  }

  /** For the first offer. `anonymous`: without the tracks' own ids, which would tell one visitor's links from
   *  another's. */
  addAll(anonymous: boolean): void {
    for (const source of SOURCES) this.#add(source, anonymous);
  }

  /** What the other side's offer has no m-line for, and we have something to send. */
  addMissing(anonymous: boolean): void {
    for (const source of SOURCES) {
      if (!this.#transceivers.has(source) && this.#tracks.get(source)) this.#add(source, anonymous);
    }
  }

  /** Take the transceivers that came with an offer for the sources for which we have none. */
  adopt(): void {
    for (const source of SOURCES) {
      const own = this.#transceivers.get(source);
      if (own !== undefined && own.currentDirection !== 'stopped') continue;
      const theirs = this.#negotiated(kindOf(source))[sourcesOf(kindOf(source)).indexOf(source)];
      if (theirs === undefined) continue;
      this.#take(source, theirs);
      theirs.direction = 'sendrecv';
      theirs.sender.setStreams(this.#ownStream);
      this.#putTrackIn(source);
    }
  }

  /** A track of the other has come with a description. */
  receive({ track, transceiver }: Pick<RTCTrackEvent, 'track' | 'transceiver'>): void {
    const source = sourcesOf(track.kind)[this.#negotiated(track.kind).indexOf(transceiver)];
    if (source === undefined) return; // a third of its kind: nothing is known of those
    const stream = source === 'audio' || source === 'video' ? this.stream : this.screen;
    for (const other of stream.getTracks()) {
      if (other.kind === track.kind && other !== track) stream.removeTrack(other);
    }
    if (source === 'video') this.#putIn(track);
    else stream.addTrack(track);
  }

  /** The other's camera is off. A browser that is given a stream with a picture plays nothing of it before the
   *  first frame, so the sound must not wait for that: a picture is put in when it comes. To be called before
   *  the stream is shown. */
  setPictureAside(): void {
    this.#picturesWait = true;
    for (const track of this.stream.getVideoTracks()) {
      if (!track.muted) continue;
      this.stream.removeTrack(track);
      this.#putIn(track);
    }
  }

  /** Counts from the first picture on, which is small anyway. */
  setBudget(budget: SendBudget): void {
    this.#budget = budget;
    if (!this.#isYoung) this.#sender.setBudget(budget);
  }

  /** The first picture is through: it may be as large as it is. */
  growUp(): void {
    this.#isSmall = this.#isYoung = false;
    if (this.#budget !== null) this.#sender.setBudget(this.#budget);
    this.#sender.scaleAtLeast(1);
  }

  /** The link is lost, or back: what is sent begins anew, and small. */
  setLost(isLost: boolean): void {
    if (isLost) {
      this.#isSmall = true;
      this.#sender.scaleAtLeast(firstScale(this.#tracks.get('video')));
    }
    this.#sender.setLost(isLost);
  }

  /** What waits to be sent is thrown away, and pictures begin anew with a key frame. */
  refreshPictures(): void {
    void this.#sender.refreshPicture('video');
    void this.#sender.refreshPicture('screen');
  }

  /** In the order of their m-lines. */
  #negotiated(kind: string): readonly RTCRtpTransceiver[] {
    const all = this.#connection?.getTransceivers() ?? [];
    return all.filter((t) => t.receiver.track.kind === kind && t.mid !== null && t.direction !== 'stopped');
  }

  #add(source: Source, anonymous: boolean): void {
    if (this.#connection === null) return;
    const init: RTCRtpTransceiverInit = { direction: 'sendrecv', streams: [this.#ownStream] };
    const track = anonymous ? null : this.#tracks.get(source);
    this.#take(source, this.#connection.addTransceiver(track ?? kindOf(source), init));
    if (anonymous) this.#putTrackIn(source);
  }

  #take(source: Source, transceiver: RTCRtpTransceiver): void {
    this.#transceivers.set(source, transceiver);
    if (source === 'audio') preferRedundantSound(transceiver);
    this.#sender.use(source, transceiver.sender);
  }

  #putTrackIn(source: Source): void {
    const connection = this.#connection;
    const transceiver = this.#transceivers.get(source);
    if (connection === null || transceiver === undefined) return;
    if (transceiver.currentDirection === 'stopped') return;
    transceiver.sender.replaceTrack(this.#tracks.get(source) ?? null).catch((error: unknown) => {
      this.#onError(error, connection);
    });
  }

  #putIn(track: MediaStreamTrack): void {
    if (!this.#picturesWait || !track.muted) {
      this.stream.addTrack(track);
      return;
    }
    const connection = this.#connection;
    const add = () => {
      if (connection === this.#connection) this.stream.addTrack(track);
    };
    track.addEventListener('unmute', add, { once: true });
  }
}
