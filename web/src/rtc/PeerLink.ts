import { CandidateBatch } from './CandidateBatch';
import { arrivedByPair } from './arrivals';
import {
  hasData,
  isDtlsServer,
  sessionIdOf,
  withOffererActive,
  type Description,
  type Signal,
} from './descriptions';
import { Hearing } from './Hearing';
import { LinkPulse } from './LinkPulse';
import { candidatesIn, OrderedCandidates } from './candidateOrder';
import { LinkRecovery, type LinkState } from './LinkRecovery';
import { LinkMedia } from './LinkMedia';
import { LinkPictures } from './LinkPictures';
import { RemoteGenerations } from './RemoteGenerations';
import { PeerChannel, type PeerMessage } from './PeerChannel';
import type { SendBudget } from './sendBudget';
import type { Source } from './sources';
import { withoutAddresses } from './withoutAddresses';
import { StereoSound } from './StereoSound';

export type { LinkState } from './LinkRecovery';

export interface LinkView {
  readonly state: LinkState;
  /** When the link left `connected` (or was made), in ms (epoch); null while connected. */
  readonly lostAt: number | null;
  /** Sound and picture of the other; the same object for the link's whole life. */
  readonly stream: MediaStream;
  /** The same of their screen. */
  readonly screen: MediaStream;
}

/** A step on the way to a link: there is a path (ICE), and it is secured (DTLS). */
export type LinkStep = 'ice' | 'dtls';

export interface PeerLinkOptions {
  /** Gives way when both make an offer at the same time. Exactly one side of a link is polite. */
  readonly polite: boolean;
  /** Negotiates before the call, without addresses in its descriptions, and waits for `release`. */
  readonly prepared?: boolean;
  /** Makes the first offer. The other side waits for it, and makes one itself if none comes. */
  readonly initiator: boolean;
  readonly rtcConfiguration: RTCConfiguration;
  /** Takes a signal to the other side. Order must be kept; what is lost is made good by `resync`. */
  readonly send: (signal: Signal) => void;
  readonly onChange: (view: LinkView) => void;
  /** The other side has told something over the link itself. */
  readonly onMessage: (message: PeerMessage) => void;
  /** Sound and picture have stopped coming. It may be for no bad reason; or the network is another one, and
   *  the connection to the server is as dead as this one. */
  readonly onDoubt: () => void;
  /** The other side has closed its connection: it has left, or will make another. */
  readonly onClosed: () => void;
  /** A failure that is not explained by the link's end or by what the pattern allows for. */
  readonly onError: (error: unknown) => void;
  readonly onStep?: (step: LinkStep) => void;
  /** The connection has failed while it waited for `release`: not every browser can wait. */
  readonly onSpoilt?: () => void;
}

/** What a prepared link needs to become one of the call. */
export interface Release {
  readonly polite: boolean;
  /** Of the other side, as far as they are known. */
  readonly candidates: readonly RTCIceCandidateInit[];
}

/** An offer that is older than this when the other's comes did not cross it, but is lost. Sent once more
 *  without need, it is answered twice, which does no harm. */
const ANSWER_PATIENCE_MS = 400;
/** The addresses in an offer that is not older lead to us as well as those of a new one. */
const LASTING_MS = 2_000;
/** What was prepared connects within two round trips, or is out of date. */
const RELEASE_PATIENCE_MS = 700;

/** One RTCPeerConnection to one peer, by perfect negotiation (W3C WebRTC, section 10.7).
 *
 *  Signals are handed to `receive` in the order in which the peer sent them and at once: the first step
 *  of each is synchronous, and the connection itself keeps the order of the rest (its operations chain,
 *  section 4.4.1.2), so that no queue is needed here.
 *
 *  A link can be prepared before the call: it negotiates as any other, and neither side gets a candidate of
 *  the other. Without them no packet is sent. `release` is what connects it. */
export class PeerLink {
  readonly #options: PeerLinkOptions;
  #rtcConfiguration: RTCConfiguration;
  #connection: RTCPeerConnection;
  #generations = new RemoteGenerations();
  readonly #hearing = new Hearing();
  readonly #pulse: LinkPulse;
  #polite: boolean;
  /** null while the link is being prepared, and nothing is to be mended. */
  #recovery: LinkRecovery | null;
  readonly #candidates: CandidateBatch;
  readonly #incoming = new OrderedCandidates((candidate) => void this.#addCandidate(candidate));
  readonly #channel: PeerChannel;
  readonly #media: LinkMedia;
  readonly #pictures: LinkPictures;
  readonly #stereo = new StereoSound();
  #makingOffer = false;
  #ignoreOffer = false;
  #settingAnswer = false;
  /** The offer that is being answered; null when none is. */
  #answering: Description | null = null;
  /** Whether the peer is a client like this one, which an `offerId` tells. */
  #peerTakesRequests = false;
  #offerId = 0;
  #offeredAt = 0;
  #wasConnected = false;
  #isConfigurationDue = false;
  #ended = false;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    this.#rtcConfiguration = options.rtcConfiguration;
    this.#candidates = new CandidateBatch((candidates) => {
      this.#send({ candidates });
    });
    this.#polite = options.polite;
    this.#recovery = options.prepared === true ? null : this.#recover();
    this.#channel = new PeerChannel(options.onMessage);
    this.#media = new LinkMedia((error, connection) => {
      this.#report(error, connection);
    });
    this.#pictures = new LinkPictures(this.#media);
    this.#connection = this.#connect();
    this.#pulse = new LinkPulse({
      heard: () => (this.#pictures.isYoung ? 0 : this.#hearing.look(this.#connection)),
      // One that is closed meanwhile has no statistics in every browser.
      arrived: () => this.#connection.getStats().then(arrivedByPair, () => new Map()),
      ask: () => this.#channel.tellAgain(),
      onDoubt: options.onDoubt,
      onSilent: (wasHeard) => {
        if (wasHeard) this.#recovery?.silent();
        else this.#recovery?.restartNow();
      },
      onFlow: () => {
        this.#recovery?.flowing();
      },
    });
    if (options.initiator) {
      // After the caller has put its tracks in, and without them a moment later just the same.
      queueMicrotask(() => {
        this.#start();
      });
    }
  }

  get view(): LinkView {
    const { state = 'connecting', lostAt = null } = this.#recovery ?? {};
    return { state, lostAt, stream: this.#media.stream, screen: this.#media.screen };
  }

  /** The other's camera is off: `LinkMedia.setPictureAside`. */
  setPictureAside(): void {
    this.#media.setPictureAside();
  }

  /** Our offer as it is now, with all candidates up to now; null where none is out. */
  get offer(): Description | null {
    const { localDescription } = this.#connection;
    if (!this.#offerIsOut || localDescription === null) return null;
    return { type: localDescription.type, sdp: localDescription.sdp, offerId: this.#offerId };
  }

  /** A prepared link becomes one of the call. */
  release({ polite, candidates }: Release): void {
    if (this.#ended || this.#recovery !== null) return;
    this.#polite = polite;
    this.#offeredAt = Date.now();
    // Where a description is missing yet, it comes: then the link is as any other.
    const isReady =
      this.#connection.signalingState === 'stable' && this.#connection.localDescription !== null;
    this.#recovery = this.#recover(isReady && this.#options.initiator ? RELEASE_PATIENCE_MS : undefined);
    this.#receiveCandidates(candidates, true);
    const connection = this.#connection;
    queueMicrotask(() => {
      if (connection === this.#connection) this.#catchUp();
    });
  }

  /** The other side was released first, and its packets may have come before word of it: then the link is
   *  connected already, and no event will say so again. */
  #catchUp(): void {
    const { iceConnectionState, connectionState } = this.#connection;
    if (iceConnectionState === 'connected') this.#options.onStep?.('ice');
    if (connectionState !== 'connected') return;
    this.#options.onStep?.('dtls');
    this.#recovery?.follow(connectionState);
  }

  /** Send this track from now on; null: nothing. Never negotiates where the source was negotiated. */
  setTrack(source: Source, track: MediaStreamTrack | null): void {
    if (this.#ended) return;
    this.#media.setTrack(source, track);
    // A peer that offered less gets to know the rest when there is something to send.
    if (this.#connection.remoteDescription !== null) this.#media.addMissing(this.#isPrepared);
    if (source === 'audio' && track !== null) this.#stereo.isWanted = track.contentHint === 'music';
    this.#tellStereo();
  }

  /** A signal of the peer has arrived. To be called in order, and without awaiting anything before. */
  receive(signal: Signal): void {
    if (this.#ended) return;
    if ('candidates' in signal) {
      const candidates = signal.candidates.filter(({ restart }) => restart !== true);
      if (candidates.length < signal.candidates.length) this.#onAskedToRestart();
      this.#receiveCandidates(candidates, false);
      this.#recovery?.progress();
    } else if (signal.description.type === 'offer') {
      void this.#receiveOffer(signal.description);
    } else if (signal.description.type === 'answer') {
      void this.#receiveAnswer(signal.description);
    }
  }

  /** Signals may have been lost on the way, in both directions. A healthy link is left alone. */
  resync(): void {
    if (this.#ended || this.#recovery === null) return;
    const isAsGood = this.#recovery.state === 'connected' || Date.now() - this.#offeredAt < LASTING_MS;
    if (this.#offerIsOut && isAsGood) this.#sendDescription();
    else if (this.#recovery.state !== 'connected') this.#recovery.restartNow();
  }

  /** Use these ICE servers and this policy from now on. They count at the next ICE restart, which happens
   *  at once where `restarting` asks for it; media goes the old way until the new one is there. A link that
   *  is not connected restarts by itself. */
  configure(rtcConfiguration: RTCConfiguration, restarting: 'none' | 'relayed' | 'all'): void {
    if (this.#ended) return;
    this.#rtcConfiguration = rtcConfiguration;
    // It holds the page up, and a link that is on its way to its first picture has no use for it yet.
    if (this.#pictures.isYoung) this.#isConfigurationDue = true;
    else this.#connection.setConfiguration(this.#configuration);
    if (restarting === 'all') this.#recovery?.restartNow();
    else if (restarting === 'relayed') void this.#restartIfRelayed();
  }

  /** The network may be another one now: see whether the link is dead, and restart it if so. */
  examine(): void {
    if (!this.#ended && this.#recovery?.state === 'connected') this.#pulse.examine();
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  /** How often it was lost since it was connected first. */
  get losses(): number {
    return this.#pictures.losses;
  }

  /** How loud the other was within the last 0.2 s, from 0 to 1. */
  get soundLevel(): number {
    return this.view.state === 'connected' ? this.#hearing.level : 0;
  }

  /** Send so much from now on. Never negotiates. */
  setBudget(budget: SendBudget): void {
    if (!this.#ended) this.#media.setBudget(budget);
  }

  /** Tell the other side over the link itself: now, or as soon as there is a way. */
  tell(message: PeerMessage): void {
    if (!this.#ended) this.#channel.tell(message);
  }

  /** Closes the connection. The tracks that were sent go on. Safe twice. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#pictures.end();
    this.#recovery?.end();
    this.#pulse.end();
    this.#candidates.clear();
    this.#incoming.clear();
    this.#channel.end();
    this.#disconnect();
    this.#media.use(null);
  }

  get #configuration(): RTCConfiguration {
    return { bundlePolicy: 'max-bundle', ...this.#rtcConfiguration };
  }

  #connect(): RTCPeerConnection {
    const connection = new RTCPeerConnection(this.#configuration);
    connection.onnegotiationneeded = () => void this.#makeOffer();
    connection.onicecandidate = ({ candidate }) => {
      // The last event of a generation has no candidate, and the one before it an empty one.
      if (candidate === null) this.#candidates.flush();
      else if (candidate.candidate !== '') this.#candidates.add(candidate.toJSON());
      this.#recovery?.progress();
    };
    connection.oniceconnectionstatechange = () => {
      if (connection.iceConnectionState === 'connected') this.#options.onStep?.('ice');
    };
    connection.onconnectionstatechange = () => {
      const { connectionState } = connection;
      if (this.#recovery !== null) this.#recovery.follow(connectionState);
      else if (connectionState === 'failed') this.#options.onSpoilt?.();
      if (connectionState === 'connected') this.#onConnected();
      this.#watchTransport(connection);
    };
    connection.ontrack = (event) => {
      this.#media.receive(event);
    };
    this.#media.use(connection);
    return connection;
  }

  /** The one transport is there from the first connection on. */
  #watchTransport(connection: RTCPeerConnection): void {
    const transport = connection.getSenders()[0]?.transport;
    if (!transport) return;
    const wasSecured = transport.state === 'connected';
    transport.onstatechange = () => {
      if (connection !== this.#connection) return;
      // A peer that closes its connection says so to the other by a DTLS alert (RFC 8446, section 6.1), without
      // any server.
      if (transport.state === 'closed') this.#options.onClosed();
      // No ICE restart mends that. Firefox may come to it when it restarts while its machine is busy. One that was
      // never secured is not tried again and again: it may not be the peer.
      else if (transport.state === 'failed' && wasSecured) this.#offerAnew();
    };
    transport.iceTransport.onselectedcandidatepairchange = () => {
      if (connection === this.#connection) this.#pictures.onOtherPath();
    };
  }

  #onConnected(): void {
    this.#options.onStep?.('dtls');
    if (this.#wasConnected) return;
    this.#wasConnected = true;
    this.#tellStereo();
    this.#pictures.begin();
  }

  #recover(patienceMs?: number): LinkRecovery {
    return new LinkRecovery({
      polite: this.#polite,
      initiator: this.#options.initiator,
      patienceMs,
      restart: () => {
        this.#restart();
      },
      onChange: () => {
        const { view } = this;
        this.#options.onChange(view);
        if (view.state === 'connected') this.#pictures.mended();
        else if (view.state === 'reconnecting') this.#pictures.lost();
      },
    });
  }

  #disconnect(): void {
    this.#candidates.clear();
    this.#connection.onnegotiationneeded = null;
    this.#connection.onicecandidate = null;
    this.#connection.oniceconnectionstatechange = null;
    this.#connection.onconnectionstatechange = null;
    this.#connection.ontrack = null;
    this.#connection.close();
  }

  /** Whether the link waits for `release`. */
  get #isPrepared(): boolean {
    return this.#recovery === null;
  }

  // --- making offers ---------------------------------------------------------------------------------

  /** Whether an offer of ours waits for its answer, and nothing is under way that ends this. */
  get #offerIsOut(): boolean {
    return (
      this.#connection.signalingState === 'have-local-offer' &&
      !this.#makingOffer &&
      !this.#settingAnswer &&
      this.#answering === null
    );
  }

  /** Whether the last offer was made so lately that its answer may be on its way. */
  get #offerIsNew(): boolean {
    return Date.now() - this.#offeredAt < ANSWER_PATIENCE_MS;
  }

  /** The first offer. Nothing where there was one already, from either side. */
  #start(): void {
    if (this.#ended || !this.#media.isEmpty || this.#answering !== null) return;
    this.#media.addAll(this.#isPrepared);
    this.#channel.openOn(this.#connection);
  }

  #restart(): void {
    if (this.#ended) return;
    this.#start();
    if (this.#polite && this.#peerTakesRequests) {
      this.#send({ candidates: [{ candidate: '', restart: true }] });
      return;
    }
    this.#connection.restartIce();
    // A restart is negotiated when the state is stable. If an offer was lost it never will be, so it is
    // replaced: section 4.4.1.5 allows a local offer on top of another.
    if (this.#offerIsOut) void this.#makeOffer();
  }

  /** The polite side asks for restarts, where it can, and does not offer them: its offer would be taken back
   *  when the other's crosses it, and Chromium may lose the other's picture for good by that. */
  #onAskedToRestart(): void {
    if (this.#makingOffer) return;
    // It may have crossed the request, or be lost like what came before it.
    if (this.#offerIsOut && this.#offerIsNew) this.#sendDescription();
    else this.#recovery?.restartNow();
  }

  async #restartIfRelayed(): Promise<void> {
    const connection = this.#connection;
    const { readStats } = await import('./LinkStats');
    const { path } = readStats(await connection.getStats(), null).stats;
    const isSame = connection === this.#connection && this.#recovery?.state === 'connected';
    if (path === 'relayed' && isSame) this.#recovery?.restartNow();
  }

  /** To be called before a description that may begin a new generation of candidates is set. */
  #configureIfDue(): void {
    if (!this.#isConfigurationDue) return;
    this.#isConfigurationDue = false;
    this.#connection.setConfiguration(this.#configuration);
  }

  async #makeOffer(): Promise<void> {
    const connection = this.#connection;
    this.#configureIfDue();
    try {
      this.#makingOffer = true;
      this.#offerId += 1;
      // What is needed then is asked for anew by the browser.
      const isMade = await this.#stereo.describe(connection, 'offer', () => this.#answering !== null);
      if (!isMade || connection !== this.#connection) return;
      this.#offeredAt = Date.now();
      this.#sendDescription();
    } catch (error) {
      this.#report(error, connection);
    } finally {
      if (connection === this.#connection) this.#makingOffer = false;
    }
  }

  /** Of its own, once there is a link: nobody waits for the first picture because of it. */
  #tellStereo(): void {
    const isFree =
      this.#connection.signalingState === 'stable' && !this.#makingOffer && this.#answering === null;
    if (this.#wasConnected && isFree && !this.#ended && this.#stereo.isDue) void this.#makeOffer();
  }

  // --- receiving -------------------------------------------------------------------------------------

  async #receiveOffer(offer: Description): Promise<void> {
    // While an answer is being set the state is as good as stable: it will be when our step is reached.
    const collides =
      this.#makingOffer || (this.#connection.signalingState === 'have-local-offer' && !this.#settingAnswer);
    this.#ignoreOffer = collides && !this.#polite;
    if (this.#ignoreOffer) {
      this.#insist(offer);
      return;
    }
    // Both made their first offer at once, and ours gives way. Rolled back, its transceivers would stay
    // without an m-line, and ask for one for ever: in Chromium even when they are stopped.
    const isFirst = this.#connection.remoteDescription === null;
    if ((collides && isFirst) || this.#isOfAnother(offer)) this.#startOver();
    const connection = this.#connection;
    this.#configureIfDue();
    this.#peerTakesRequests = offer.offerId !== undefined;
    this.#answering = offer;
    this.#stereo.heard(offer);
    this.#recovery?.heard();
    try {
      const isServer = this.#recovery === null || isDtlsServer(connection);
      const remote = isServer ? withOffererActive(offer) : offer;
      await connection.setRemoteDescription(this.#generations.inDescription(remote));
      if (this.#answering !== offer) return; // a newer one has come, and is answered instead
      this.#media.adopt();
      // Where the offer has none, ours would ask for a negotiation of its own.
      if (hasData(offer)) this.#channel.openOn(connection);
      const isMade = await this.#stereo.describe(connection, 'answer', () => this.#answering !== offer);
      if (!isMade || connection !== this.#connection) return;
      this.#sendDescription(offer.offerId);
      this.#media.addMissing(this.#isPrepared);
    } catch (error) {
      this.#report(error, connection);
    } finally {
      if (this.#answering === offer) this.#answering = null;
      this.#tellStereo();
    }
  }

  /** Whether a description comes from another connection than the ones before it: the peer believed that
   *  we had left, and has made its link anew. The session id tells (RFC 8829, section 5.2.1). */
  #isOfAnother(description: Description): boolean {
    const known = this.#connection.remoteDescription;
    return known !== null && sessionIdOf(known) !== sessionIdOf(description);
  }

  /** Another connection takes the place of this one, of which nothing can be used any more. */
  #startOver(): void {
    this.#disconnect();
    // What was under way will not be heard of again.
    this.#makingOffer = false;
    this.#settingAnswer = false;
    this.#answering = null;
    this.#generations = new RemoteGenerations();
    this.#incoming.clear();
    this.#stereo.startOver();
    this.#connection = this.#connect();
  }

  #offerAnew(): void {
    this.#startOver();
    this.#start();
  }

  /** An offer was ignored in favour of our own. If that was lost, both would wait for ever. */
  #insist(ignored: Description): void {
    if (this.#isOfAnother(ignored)) {
      this.#offerAnew();
      return;
    }
    const offerId = this.#offerId;
    const patience = this.#offeredAt + ANSWER_PATIENCE_MS - Date.now();
    setTimeout(
      () => {
        if (this.#offerIsOut && this.#offerId === offerId) this.#sendDescription();
      },
      Math.max(0, patience),
    );
  }

  async #receiveAnswer(answer: Description): Promise<void> {
    // An answer to an offer that was sent twice, or was replaced or taken back meanwhile.
    if (!this.#offerIsOut || (answer.offerId !== undefined && answer.offerId !== this.#offerId)) return;
    if (this.#isOfAnother(answer)) {
      this.#offerAnew();
      return;
    }
    const connection = this.#connection;
    this.#peerTakesRequests = answer.offerId !== undefined;
    this.#settingAnswer = true;
    this.#ignoreOffer = false;
    try {
      await connection.setRemoteDescription(this.#generations.inDescription(answer));
      this.#stereo.answered();
    } catch (error) {
      this.#report(error, connection);
    } finally {
      if (connection === this.#connection) this.#settingAnswer = false;
      this.#tellStereo();
    }
  }

  /** Of a link that was connected before, any way may be the one: nothing is held back. */
  #receiveCandidates(candidates: readonly RTCIceCandidateInit[], areAll: boolean): void {
    const own = this.view.state === 'connecting' ? this.#connection.localDescription?.sdp : undefined;
    this.#incoming.take(candidates, candidatesIn(own ?? ''), areAll);
  }

  async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    const connection = this.#connection;
    try {
      await connection.addIceCandidate(this.#generations.inCandidate(candidate));
    } catch (error) {
      if (!this.#ignoreOffer && !this.#generations.isOld(candidate)) this.#report(error, connection);
    }
  }

  // --- to the outside --------------------------------------------------------------------------------

  /** `offerId` of the offer that is answered; left out for offers of our own. */
  #sendDescription(offerId?: number): void {
    const description = this.#connection.localDescription;
    if (this.#ended || description === null) return;
    const { type } = description;
    const id = type === 'offer' ? this.#offerId : offerId;
    const sdp = this.#isPrepared ? withoutAddresses(description.sdp) : this.#stereo.telling(description);
    // It holds all candidates up to now (section 4.4.1.3); those that wait were for it or for an older one.
    if (!this.#isPrepared) this.#candidates.clear();
    this.#send({ description: { type, sdp, ...(id !== undefined && { offerId: id }) } });
  }

  #send(signal: Signal): void {
    if (!this.#ended) this.#options.send(signal);
  }

  #report(error: unknown, connection: RTCPeerConnection): void {
    // What was under way when a connection was closed fails, or never settles: both is well.
    if (!this.#ended && connection === this.#connection) this.#options.onError(error);
  }
}
