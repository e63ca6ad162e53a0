import { logger } from '../lib/logger';
import { Reconciler } from '../lib/reconcile';
import { capture, type DeviceWish, type Facing } from './capture';

const log = logger('media');

/** One kind of device: what is wanted, and what is. */
export interface DeviceState {
  /** What the person asked for. */
  readonly wanted: boolean;
  /** `off`: not captured (camera) or muted (microphone). `starting`: the browser was asked.
   *  `on`: sends. `failed`: wanted, but `problem` says why it is not there. */
  readonly state: 'off' | 'starting' | 'on' | 'failed';
  readonly problem: DeviceProblem | null;
  /** The system holds it for something else at the moment, such as a telephone call: nothing of it is sent. */
  readonly isInterrupted?: boolean;
  /** The device in use or remembered; null: the browser's default. */
  readonly deviceId: string | null;
  /** The direction of a phone's camera; left out where there is none. */
  readonly facing?: Facing;
  /** The one before was taken away, and the browser has given this one. */
  readonly isReplacement?: boolean;
}

export type DeviceProblem =
  /** Refused by the person or the browser. */
  | 'permission_denied'
  /** There is none. */
  | 'no_device'
  /** Another program holds it. */
  | 'device_busy'
  /** Unplugged or taken away while in use. */
  | 'device_lost'
  /** No navigator.mediaDevices: plain http. */
  | 'insecure_page'
  /** Anything else. */
  | 'device_failed';

/** `unknown` until looked up; `prompt`: the browser will ask. */
export type Permission = 'unknown' | 'prompt' | 'granted' | 'denied';

export interface DeviceChoice {
  readonly id: string;
  readonly label: string;
}

export interface MediaState {
  /** The worse of camera and microphone; of these, only what is wanted and is there. */
  readonly permission: Permission;
  readonly microphone: DeviceState;
  readonly camera: DeviceState;
  /** Whether the microphone is sent as it is, for music: in stereo, with no echo or noise taken out. */
  readonly originalSound: boolean;
  /** null: the browser's default. Only where the browser can choose (`setSinkId`). */
  readonly speakerId: string | null;
  readonly devices: {
    readonly microphones: readonly DeviceChoice[];
    readonly cameras: readonly DeviceChoice[];
    /** Empty where the browser cannot choose. */
    readonly speakers: readonly DeviceChoice[];
  };
  /** Own picture for the mirror and the own tile: holds the live camera track; null without one. */
  readonly preview: MediaStream | null;
}

/** What is remembered from one visit to the next. Device ids are null for the browser's default. */
export interface MediaChoice {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly microphoneId: string | null;
  readonly cameraId: string | null;
  readonly speakerId: string | null;
  readonly originalSound: boolean;
}

export type MediaKind = 'audio' | 'video';

/** The parts of the browser that are used here. `mediaDevices` is undefined on an insecure page. */
export interface MediaBrowser {
  readonly mediaDevices: MediaDevices | undefined;
  readonly permissions: Permissions | undefined;
  /** Whether the page can say where sound goes. */
  readonly canChooseSpeaker: boolean;
}

const TAKEN_AWAY: ReadonlySet<DeviceProblem> = new Set(['device_busy', 'device_lost', 'device_failed']);

interface Device {
  readonly kind: MediaKind;
  readonly permissionName: PermissionName;
  wanted: boolean;
  /** Another object with each choice. */
  wish: DeviceWish;
  track: MediaStreamTrack | null;
  /** What `wish` was when the track was captured; null: to be captured anew. */
  capturedFor: DeviceWish | null;
  /** The browser was asked, and there is no track yet. */
  starting: boolean;
  problem: DeviceProblem | null;
  /** The last device ended by itself. */
  lost: boolean;
  replaced: boolean;
  permission: Permission;
}

/** Own microphone and camera: what the person wants against what the browser gives.
 *
 *  A muted microphone stays captured and is silent, so that it is back at once; one that was off from the
 *  start is not captured. A camera that is off is stopped: its light goes out.
 *
 *  The browser's question is only ever put after a press: `ask`, `set...(true)` and `choose...` are
 *  presses. What is granted already is captured without one. */
export class LocalMedia {
  readonly #onRemember: (choice: MediaChoice) => void;
  readonly #findBrowser: () => MediaBrowser;
  readonly #microphone: Device;
  readonly #camera: Device;
  readonly #listeners = new Set<(state: MediaState) => void>();
  readonly #trackListeners = new Set<(kind: MediaKind, track: MediaStreamTrack | null) => void>();
  readonly #reconciler = new Reconciler(() => this.#next());
  #speakerId: string | null;
  #devices: MediaState['devices'] = { microphones: [], cameras: [], speakers: [] };
  #preview: MediaStream | null = null;
  #browser: MediaBrowser | null = null;
  /** Aborted by `end`; null while closed. */
  #life: AbortController | null = null;
  #mayAsk = false;
  #state: MediaState;

  constructor(
    initial: MediaChoice,
    onRemember: (choice: MediaChoice) => void,
    findBrowser: () => MediaBrowser = thisBrowser,
  ) {
    this.#onRemember = onRemember;
    this.#findBrowser = findBrowser;
    this.#microphone = device('audio', 'microphone', initial.microphone, {
      deviceId: initial.microphoneId,
      isOriginal: initial.originalSound,
    });
    this.#camera = device('video', 'camera', initial.camera, { deviceId: initial.cameraId });
    this.#speakerId = initial.speakerId;
    this.#state = this.#look();
  }

  /** Immutable: another object after each change. */
  get state(): MediaState {
    return this.#state;
  }

  /** For a level meter. */
  get microphoneTrack(): MediaStreamTrack | null {
    return this.#microphone.track;
  }

  /** What is sent now; null where there is nothing. A muted microphone is a silent track. */
  track(kind: MediaKind): MediaStreamTrack | null {
    return this.#device(kind).track;
  }

  /** Calls after each change of `state`. Returns what ends it. */
  subscribe(listener: (state: MediaState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls when `track(kind)` has become another. Returns what ends it. */
  onTrack(listener: (kind: MediaKind, track: MediaStreamTrack | null) => void): () => void {
    this.#trackListeners.add(listener);
    return () => this.#trackListeners.delete(listener);
  }

  /** Look up what is permitted and capture what is granted; never asks. Safe twice; again after `end`. */
  open(): void {
    if (this.#life !== null) return;
    this.#life = new AbortController();
    this.#browser = this.#findBrowser();
    this.#browser.mediaDevices?.addEventListener('devicechange', () => void this.#onDeviceChange(), {
      signal: this.#life.signal,
    });
    void this.#lookUp(this.#browser, this.#life.signal);
  }

  /** From a press: capture what is wanted and not there, for which the browser may ask. Resolves when it
   *  has been answered; what is still missing then has its `problem` in the state. */
  async ask(): Promise<void> {
    for (const device of this.#all) device.problem = null;
    await this.#press();
  }

  /** The page is looked at again: what the system took away in the background may be had again. Never asks. */
  recover(): void {
    if (this.#life === null) return;
    for (const device of this.#all) {
      if (device.problem !== null && TAKEN_AWAY.has(device.problem)) device.problem = null;
      if (device.track?.muted === true) device.capturedFor = null;
    }
    this.#changed();
    void this.#settle();
  }

  setMicrophone(on: boolean): void {
    this.#want(this.#microphone, on);
    if (this.#microphone.track !== null) this.#microphone.track.enabled = on;
    this.#remember();
    this.#afterWish(on);
  }

  setCamera(on: boolean): void {
    this.#want(this.#camera, on);
    if (!on) this.#drop(this.#camera);
    this.#remember();
    this.#afterWish(on);
  }

  /** null: the browser's default. The device is turned on with the choice if it was wanted. */
  chooseMicrophone(id: string | null): void {
    this.#choose(this.#microphone, { ...this.#microphone.wish, deviceId: id });
  }

  chooseCamera(id: string | null): void {
    this.#choose(this.#camera, { deviceId: id });
  }

  /** The camera on the other side of the phone. */
  flipCamera(): void {
    const facing = stateOf(this.#camera).facing === 'environment' ? 'user' : 'environment';
    this.#choose(this.#camera, { deviceId: null, facing });
  }

  setOriginalSound(on: boolean): void {
    this.#choose(this.#microphone, { ...this.#microphone.wish, isOriginal: on });
  }

  chooseSpeaker(id: string | null): void {
    this.#speakerId = id;
    this.#remember();
    this.#changed();
  }

  /** Let go of all devices. What was wanted stays wanted for the next `open`. Safe twice. */
  end(): void {
    if (this.#life === null) return;
    this.#life.abort();
    this.#life = null;
    for (const device of this.#all) {
      this.#drop(device);
      device.starting = false;
      device.problem = null;
    }
    this.#changed();
  }

  // --- wishes ----------------------------------------------------------------------------------------

  get #all(): readonly Device[] {
    return [this.#microphone, this.#camera];
  }

  #device(kind: MediaKind): Device {
    return kind === 'audio' ? this.#microphone : this.#camera;
  }

  #want(device: Device, on: boolean): void {
    device.wanted = on;
    device.problem = null;
    device.lost = false;
  }

  #choose(device: Device, wish: DeviceWish): void {
    device.wish = wish;
    device.problem = null;
    device.lost = device.replaced = false;
    this.#remember();
    this.#afterWish(device.wanted || device.track !== null);
  }

  #afterWish(isForMore: boolean): void {
    this.#changed();
    if (isForMore && this.#life !== null) void this.#press();
  }

  async #press(): Promise<void> {
    this.open();
    this.#mayAsk = true;
    await this.#settle();
    this.#mayAsk = false;
  }

  #remember(): void {
    this.#onRemember({
      microphone: this.#microphone.wanted,
      camera: this.#camera.wanted,
      microphoneId: this.#microphone.wish.deviceId,
      cameraId: this.#camera.wish.deviceId,
      speakerId: this.#speakerId,
      originalSound: this.#microphone.wish.isOriginal === true,
    });
  }

  // --- capture ---------------------------------------------------------------------------------------

  async #settle(): Promise<void> {
    await this.#reconciler.run();
  }

  /** The next step from what is to what is wanted. */
  #next(): Promise<void> | null {
    if (this.#life === null || this.#browser === null) return null;
    const due = this.#all.filter((device) => this.#isDue(device));
    if (due.length === 0) return null;
    const { mediaDevices } = this.#browser;
    if (mediaDevices !== undefined) return this.#capture(mediaDevices, due, this.#life.signal);
    for (const device of due) device.problem = 'insecure_page';
    this.#changed();
    return null;
  }

  #isDue(device: Device): boolean {
    const missing = device.track === null || device.capturedFor !== device.wish;
    const allowed =
      this.#mayAsk || device.permission === 'granted' || this.#browser?.mediaDevices === undefined;
    return isOfUse(device) && missing && allowed && device.problem === null;
  }

  async #capture(mediaDevices: MediaDevices, due: readonly Device[], life: AbortSignal): Promise<void> {
    const wishes = new Map(due.map((device) => [device.kind, device.wish]));
    for (const device of due) device.starting = device.track === null;
    this.#changed();
    const captured = await capture(mediaDevices, wishes, (kind) => this.#isGranted(kind));
    for (const [kind, result] of captured) {
      const device = this.#device(kind);
      const isWelcome = !life.aborted && isOfUse(device);
      if (!life.aborted) device.starting = false;
      if (typeof result !== 'string') {
        if (isWelcome) this.#take(device, result, wishes.get(kind) ?? device.wish);
        else result.stop();
      } else if (isWelcome) {
        // Some systems open a second device only when the first is let go of: then it is asked for once more.
        if (device.track !== null) this.#drop(device);
        else this.#fail(device, result);
      }
    }
    if (life.aborted) return;
    this.#changed();
    // Names of devices are told only after one of them was captured. Nothing waits for them.
    void this.#listDevices(mediaDevices);
  }

  /** The one before is let go of when the other has taken its place: nobody hears or sees a gap. */
  #take(device: Device, track: MediaStreamTrack, capturedFor: DeviceWish): void {
    const before = device.track;
    device.track = track;
    if (device.kind === 'audio') track.enabled = device.wanted;
    device.capturedFor = capturedFor;
    device.replaced ||= device.lost;
    device.lost = false;
    device.permission = 'granted';
    // Fired when the device is unplugged or the permission withdrawn, not by our own stop().
    track.addEventListener('ended', () => void this.#onEnded(device, track));
    // Fired by a telephone call, or another app in front; the browser gives it back by itself, mostly.
    for (const event of ['mute', 'unmute']) {
      track.addEventListener(event, () => {
        if (device.track === track) this.#changed();
      });
    }
    this.#announce(device);
    before?.stop();
  }

  #fail(device: Device, problem: DeviceProblem): void {
    device.problem = device.lost && problem !== 'permission_denied' ? 'device_lost' : problem;
  }

  #drop(device: Device): void {
    if (device.track === null) return;
    device.track.stop();
    device.track = null;
    device.capturedFor = null;
    this.#announce(device);
  }

  #announce(device: Device): void {
    if (device.kind === 'video') {
      this.#preview = device.track === null ? null : new MediaStream([device.track]);
    }
    for (const listener of this.#trackListeners) listener(device.kind, device.track);
  }

  // --- what the browser says -------------------------------------------------------------------------

  async #lookUp(browser: MediaBrowser, life: AbortSignal): Promise<void> {
    await Promise.all(this.#all.map((device) => this.#watchPermission(browser, device, life)));
    if (life.aborted) return;
    this.#changed();
    // The picture is what one waits for, not the names of the devices.
    if (browser.mediaDevices !== undefined) void this.#listDevices(browser.mediaDevices);
    await this.#settle();
  }

  async #watchPermission(browser: MediaBrowser, device: Device, life: AbortSignal): Promise<void> {
    const status = await queryPermission(browser, device.permissionName);
    if (life.aborted) return;
    // Where the browser does not tell, it will ask, for all that we know.
    device.permission = status?.state ?? (device.permission === 'unknown' ? 'prompt' : device.permission);
    status?.addEventListener(
      'change',
      () => {
        device.permission = status.state;
        if (status.state !== 'denied' && device.problem === 'permission_denied') device.problem = null;
        this.#changed();
        void this.#settle();
      },
      { signal: life },
    );
  }

  async #isGranted(kind: MediaKind): Promise<boolean> {
    if (this.#browser === null) return false;
    const status = await queryPermission(this.#browser, this.#device(kind).permissionName);
    return status?.state === 'granted';
  }

  async #onEnded(device: Device, track: MediaStreamTrack): Promise<void> {
    if (device.track !== track) return;
    this.#drop(device);
    device.lost = true;
    // The permission may be what was taken away; then there is nothing to fall back to.
    if (!(await this.#isStillAllowed(device))) device.problem = 'permission_denied';
    this.#changed();
    await this.#settle();
  }

  async #isStillAllowed(device: Device): Promise<boolean> {
    const status = this.#browser && (await queryPermission(this.#browser, device.permissionName));
    if (status) device.permission = status.state;
    return device.permission === 'granted';
  }

  async #onDeviceChange(): Promise<void> {
    const mediaDevices = this.#browser?.mediaDevices;
    if (mediaDevices === undefined) return;
    await this.#listDevices(mediaDevices);
    for (const device of this.#all) {
      const known = device.kind === 'audio' ? this.#devices.microphones : this.#devices.cameras;
      if (known.length === 0) continue;
      if (device.problem !== 'permission_denied') device.problem = null;
      const { deviceId } = device.wish;
      const isBack = known.some(({ id }) => id === deviceId);
      if (device.track !== null && isBack && device.track.getSettings().deviceId !== deviceId) {
        device.capturedFor = null;
      }
    }
    this.#changed();
    await this.#settle();
  }

  async #listDevices(mediaDevices: MediaDevices): Promise<void> {
    let all: readonly MediaDeviceInfo[];
    try {
      all = await mediaDevices.enumerateDevices();
    } catch (error) {
      log.warn('the devices cannot be listed', error);
      return;
    }
    const of = (kind: MediaDeviceKind): readonly DeviceChoice[] =>
      // Before the first capture there is one of each kind, without id and name.
      all
        .filter((d) => d.kind === kind && d.deviceId !== '')
        .map((d) => ({ id: d.deviceId, label: d.label }));
    this.#devices = {
      microphones: of('audioinput'),
      cameras: of('videoinput'),
      speakers: this.#browser?.canChooseSpeaker === true ? of('audiooutput') : [],
    };
    this.#changed();
  }

  // --- state -----------------------------------------------------------------------------------------

  #changed(): void {
    this.#state = this.#look();
    for (const listener of this.#listeners) listener(this.#state);
  }

  #look(): MediaState {
    return {
      permission: this.#permission(),
      microphone: stateOf(this.#microphone),
      camera: stateOf(this.#camera),
      originalSound: this.#microphone.wish.isOriginal === true,
      speakerId: this.#speakerId,
      devices: this.#devices,
      preview: this.#preview,
    };
  }

  #permission(): Permission {
    const wanted = this.#all.filter((device) => device.wanted && device.problem !== 'no_device');
    const asked = wanted.length > 0 ? wanted : this.#all;
    const badness: readonly Permission[] = ['granted', 'unknown', 'prompt', 'denied'];
    const worst = Math.max(...asked.map((device) => badness.indexOf(device.permission)));
    return badness[worst] ?? 'unknown';
  }
}

function device(kind: MediaKind, permissionName: PermissionName, wanted: boolean, wish: DeviceWish): Device {
  return {
    kind,
    permissionName,
    wanted,
    wish,
    track: null,
    capturedFor: null,
    starting: false,
    problem: null,
    lost: false,
    replaced: false,
    permission: 'unknown',
  };
}

/** A muted microphone is captured too. */
function isOfUse({ wanted, track }: Device): boolean {
  return wanted || track !== null;
}

function stateOf(device: Device): DeviceState {
  const { wanted, starting, track, wish } = device;
  const problem = wanted ? device.problem : null;
  const there = track === null ? 'off' : 'on';
  const { deviceId, facingMode } = track?.getSettings() ?? {};
  return {
    wanted,
    state: !wanted ? 'off' : starting ? 'starting' : problem !== null ? 'failed' : there,
    problem,
    ...(track?.muted === true && { isInterrupted: true }),
    ...(track !== null && device.replaced && { isReplacement: true }),
    deviceId: deviceId ?? wish.deviceId,
    ...((facingMode === 'user' || facingMode === 'environment') && { facing: facingMode }),
  };
}

/** null where the browser does not know the name, or the whole API. */
async function queryPermission(
  browser: MediaBrowser,
  name: PermissionName,
): Promise<PermissionStatus | null> {
  try {
    return (await browser.permissions?.query({ name })) ?? null;
  } catch {
    return null; // a TypeError, by which a browser says that it does not know this permission
  }
}

function thisBrowser(): MediaBrowser {
  // The types promise both; an insecure page has no mediaDevices, and old browsers no permissions.
  const { mediaDevices, permissions } = navigator as Partial<Pick<Navigator, 'mediaDevices' | 'permissions'>>;
  return {
    mediaDevices,
    permissions,
    canChooseSpeaker: 'setSinkId' in HTMLMediaElement.prototype,
  };
}
