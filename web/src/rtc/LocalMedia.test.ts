import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LocalMedia, type MediaChoice, type Permission } from './LocalMedia';

const CHOICE: MediaChoice = {
  microphone: true,
  camera: true,
  microphoneId: null,
  cameraId: null,
  speakerId: null,
  originalSound: false,
};

class FakeTrack extends EventTarget {
  enabled = true;
  readyState = 'live';
  muted = false;
  contentHint = '';
  facingMode: string | undefined;
  constructor(
    readonly kind: 'audio' | 'video',
    readonly deviceId: string,
  ) {
    super();
  }
  getSettings(): { deviceId: string; facingMode: string | undefined } {
    return { deviceId: this.deviceId, facingMode: this.facingMode };
  }
  stop(): void {
    this.readyState = 'ended';
  }
  /** The system gives it to another program for a while. */
  interrupt(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
  /** Unplugged. */
  vanish(): void {
    this.stop();
    this.dispatchEvent(new Event('ended'));
  }
}

class FakeStream {
  constructor(readonly tracks: readonly FakeTrack[]) {}
  getTracks(): readonly FakeTrack[] {
    return this.tracks;
  }
}

/** A browser with devices that can be plugged in and taken away. */
class FakeBrowser extends EventTarget {
  microphones = ['mic-1'];
  cameras = ['cam-1'];
  busy = new Set<string>();
  /** Whether a second camera can be opened beside the first. */
  isExclusive = false;
  readonly #opened: FakeTrack[] = [];
  readonly permission: Record<string, EventTarget & { state: Permission }> = {
    microphone: Object.assign(new EventTarget(), { state: 'granted' as const }),
    camera: Object.assign(new EventTarget(), { state: 'granted' as const }),
  };
  /** What the person answers. */
  answer: Permission = 'granted';
  readonly requests: MediaStreamConstraints[] = [];

  async getUserMedia(constraints: MediaStreamConstraints): Promise<FakeStream> {
    this.requests.push(constraints);
    await Promise.resolve();
    return new FakeStream([
      ...this.#open('audio', 'microphone', this.microphones, constraints.audio),
      ...this.#open('video', 'camera', this.cameras, constraints.video),
    ]);
  }

  enumerateDevices(): Promise<{ kind: string; deviceId: string; label: string }[]> {
    const of = (kind: string, ids: string[]) => ids.map((deviceId) => ({ kind, deviceId, label: deviceId }));
    return Promise.resolve([...of('audioinput', this.microphones), ...of('videoinput', this.cameras)]);
  }

  setPermission(name: string, state: Permission): void {
    const status = this.permission[name];
    if (!status) return;
    status.state = state;
    status.dispatchEvent(new Event('change'));
  }

  #open(
    kind: 'audio' | 'video',
    name: string,
    devices: readonly string[],
    wanted: boolean | MediaTrackConstraints | undefined,
  ): FakeTrack[] {
    if (wanted === undefined || typeof wanted === 'boolean') return [];
    const exact = (wanted.deviceId as { exact?: string } | undefined)?.exact;
    const found = exact === undefined ? devices[0] : devices.find((id) => id === exact);
    if (found === undefined) throw named(exact === undefined ? 'NotFoundError' : 'OverconstrainedError');
    const status = this.permission[name];
    if (status?.state === 'prompt') this.setPermission(name, this.answer);
    if (status?.state === 'denied') throw named('NotAllowedError');
    const isTaken = this.#opened.some((one) => one.kind === kind && one.readyState === 'live');
    if (this.busy.has(found) || (this.isExclusive && isTaken)) throw named('NotReadableError');
    const opened = new FakeTrack(kind, found);
    if (wanted.facingMode !== undefined) opened.facingMode = (wanted.facingMode as { ideal: string }).ideal;
    this.#opened.push(opened);
    return [opened];
  }
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

let browser: FakeBrowser;
let remembered: MediaChoice[];
let media: LocalMedia;

function make(choice: Partial<MediaChoice> = {}, { isSecure = true } = {}): void {
  remembered = [];
  media = new LocalMedia(
    { ...CHOICE, ...choice },
    (kept) => remembered.push(kept),
    () => ({
      mediaDevices: isSecure ? (browser as unknown as MediaDevices) : undefined,
      permissions: {
        query: ({ name }: { name: string }) => Promise.resolve(browser.permission[name]),
      } as unknown as Permissions,
      canChooseSpeaker: false,
    }),
  );
}

async function quiet(): Promise<void> {
  for (let i = 0; i < 50; i += 1) await Promise.resolve();
}

function track(kind: 'audio' | 'video'): FakeTrack {
  return media.track(kind) as unknown as FakeTrack;
}

beforeEach(() => {
  vi.stubGlobal('MediaStream', FakeStream);
  browser = new FakeBrowser();
  make();
});
afterEach(() => {
  media.end();
  vi.unstubAllGlobals();
});

test('what is granted is captured by opening, in one request', async () => {
  media.open();
  await quiet();
  expect(media.state).toMatchObject({
    permission: 'granted',
    microphone: { state: 'on', deviceId: 'mic-1' },
    camera: { state: 'on', deviceId: 'cam-1' },
  });
  expect(media.state.preview).not.toBeNull();
  expect(browser.requests).toHaveLength(1);
});

test('what is not granted yet waits for a press, and is then asked for once', async () => {
  browser.setPermission('microphone', 'prompt');
  browser.setPermission('camera', 'prompt');
  media.open();
  await quiet();
  expect(browser.requests).toHaveLength(0);
  expect(media.state).toMatchObject({ permission: 'prompt', microphone: { state: 'off', wanted: true } });
  await media.ask();
  expect(browser.requests).toHaveLength(1);
  expect(media.state).toMatchObject({ microphone: { state: 'on' }, camera: { state: 'on' } });
});

test('a refusal is not asked again, and undone in the browser it is noticed', async () => {
  browser.setPermission('microphone', 'prompt');
  browser.setPermission('camera', 'prompt');
  browser.answer = 'denied';
  media.open();
  await media.ask();
  expect(browser.requests).toHaveLength(1);
  expect(media.state.camera).toMatchObject({ state: 'failed', problem: 'permission_denied' });
  expect(media.state.permission).toBe('denied');
  browser.setPermission('microphone', 'granted');
  browser.setPermission('camera', 'granted');
  await quiet();
  expect(media.state).toMatchObject({ microphone: { state: 'on' }, camera: { state: 'on' } });
});

test('a camera that is refused costs nobody the microphone', async () => {
  browser.setPermission('camera', 'denied');
  media.open();
  await media.ask();
  expect(media.state).toMatchObject({
    microphone: { state: 'on' },
    camera: { state: 'failed', problem: 'permission_denied' },
  });
});

test('no camera: the microphone alone, and the camera when it is plugged in', async () => {
  browser.cameras = [];
  media.open();
  await media.ask();
  expect(media.state).toMatchObject({
    permission: 'granted',
    microphone: { state: 'on' },
    camera: { state: 'failed', problem: 'no_device' },
  });
  browser.cameras = ['cam-2'];
  browser.dispatchEvent(new Event('devicechange'));
  await quiet();
  expect(media.state.camera).toMatchObject({ state: 'on', deviceId: 'cam-2' });
});

test('a busy camera says so', async () => {
  browser.busy.add('cam-1');
  media.open();
  await quiet();
  expect(media.state).toMatchObject({ microphone: { state: 'on' }, camera: { problem: 'device_busy' } });
});

test('a remembered device that is gone gives way to the default, and is taken when it is back', async () => {
  make({ cameraId: 'cam-9' });
  media.open();
  await quiet();
  expect(media.state.camera).toMatchObject({ state: 'on', deviceId: 'cam-1' });
  browser.cameras = ['cam-1', 'cam-9'];
  browser.dispatchEvent(new Event('devicechange'));
  await quiet();
  expect(media.state.camera).toMatchObject({ state: 'on', deviceId: 'cam-9' });
});

test('a camera that is unplugged: another one, or device_lost', async () => {
  browser.cameras = ['cam-1', 'cam-2'];
  media.open();
  await quiet();
  browser.cameras = ['cam-2'];
  track('video').vanish();
  await quiet();
  expect(media.state.camera).toMatchObject({ state: 'on', deviceId: 'cam-2' });
  browser.cameras = [];
  track('video').vanish();
  await quiet();
  expect(media.state.camera).toMatchObject({ state: 'failed', problem: 'device_lost' });
  expect(media.track('video')).toBeNull();
});

test('mute keeps the microphone and silences it; camera off stops the camera', async () => {
  media.open();
  await quiet();
  const [microphone, camera] = [track('audio'), track('video')];
  const announced: string[] = [];
  media.onTrack((kind, now) => announced.push(`${kind} ${now === null ? 'gone' : 'there'}`));
  media.setMicrophone(false);
  media.setCamera(false);
  expect(microphone).toMatchObject({ enabled: false, readyState: 'live' });
  expect(camera.readyState).toBe('ended');
  expect(media.state.preview).toBeNull();
  expect(media.state).toMatchObject({ microphone: { state: 'off' }, camera: { state: 'off' } });
  media.setMicrophone(true);
  media.setCamera(true);
  await quiet();
  expect(track('audio')).toBe(microphone);
  expect(microphone.enabled).toBe(true);
  expect(announced).toEqual(['video gone', 'video there']);
  expect(remembered.at(-1)).toMatchObject({ microphone: true, camera: true });
});

test('a microphone that was off from the start is not captured', async () => {
  make({ microphone: false });
  media.open();
  await quiet();
  expect(media.track('audio')).toBeNull();
  expect(browser.requests[0]?.audio).toBe(false);
});

test('a wish that is taken back while the browser is asked is not captured', async () => {
  media.open();
  await Promise.resolve();
  await Promise.resolve();
  media.setCamera(false);
  await quiet();
  expect(media.track('video')).toBeNull();
  expect(media.track('audio')).not.toBeNull();
});

test('another choice of device takes its place', async () => {
  browser.microphones = ['mic-1', 'mic-2'];
  media.open();
  await quiet();
  const first = track('audio');
  media.chooseMicrophone('mic-2');
  await quiet();
  expect(first.readyState).toBe('ended');
  expect(media.state.microphone).toMatchObject({ state: 'on', deviceId: 'mic-2' });
  expect(remembered.at(-1)?.microphoneId).toBe('mic-2');
});

test('a device changes without a gap: the other is there before the first goes', async () => {
  browser.cameras = ['cam-1', 'cam-2'];
  media.open();
  await quiet();
  const first = track('video');
  const seen: string[] = [];
  media.subscribe(({ camera }) => seen.push(camera.state));
  media.onTrack((_, now) => seen.push(now === null ? 'nothing' : `beside ${first.readyState}`));
  media.chooseCamera('cam-2');
  await quiet();
  expect(new Set(seen)).toEqual(new Set(['on', 'beside live']));
  expect(first.readyState).toBe('ended');
  expect(track('video').deviceId).toBe('cam-2');
});

test('where two cameras cannot be open at once, the first is let go of', async () => {
  browser.cameras = ['cam-1', 'cam-2'];
  browser.isExclusive = true;
  media.open();
  await quiet();
  media.chooseCamera('cam-2');
  await quiet();
  expect(media.state.camera).toMatchObject({ state: 'on', deviceId: 'cam-2' });
});

test('a microphone that changes while one is muted stays silent', async () => {
  browser.microphones = ['mic-1', 'mic-2'];
  media.open();
  await quiet();
  media.setMicrophone(false);
  media.chooseMicrophone('mic-2');
  await quiet();
  expect(track('audio')).toMatchObject({ deviceId: 'mic-2', enabled: false });
  expect(media.state.microphone.state).toBe('off');
  media.setMicrophone(true);
  await quiet();
  expect(track('audio')).toMatchObject({ deviceId: 'mic-2', enabled: true });
});

test('original sound: nothing is taken out, in stereo, and kept for the next time', async () => {
  media.open();
  await quiet();
  expect(track('audio').contentHint).toBe('');
  media.setOriginalSound(true);
  await quiet();
  expect(browser.requests.at(-1)?.audio).toMatchObject({
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    channelCount: { ideal: 2 },
  });
  expect(track('audio').contentHint).toBe('music');
  expect(media.state.originalSound).toBe(true);
  expect(remembered.at(-1)?.originalSound).toBe(true);
  media.setOriginalSound(false);
  await quiet();
  expect(browser.requests.at(-1)?.audio).toMatchObject({ echoCancellation: true });
  expect(track('audio').contentHint).toBe('');
});

test('the camera flips, and back', async () => {
  media.open();
  await quiet();
  expect(media.state.camera.facing).toBeUndefined();
  media.flipCamera();
  await quiet();
  expect(media.state.camera.facing).toBe('environment');
  media.flipCamera();
  await quiet();
  expect(media.state.camera.facing).toBe('user');
});

test('what takes the place of a lost device is marked until one chooses', async () => {
  browser.microphones = ['mic-1', 'mic-2'];
  media.open();
  await quiet();
  browser.microphones = ['mic-2'];
  track('audio').vanish();
  await quiet();
  expect(media.state.microphone).toMatchObject({ deviceId: 'mic-2', isReplacement: true });
  media.chooseMicrophone('mic-2');
  await quiet();
  expect(media.state.microphone.isReplacement).toBeUndefined();
});

test('an insecure page has no devices and says so', async () => {
  make({}, { isSecure: false });
  media.open();
  await quiet();
  expect(media.state).toMatchObject({
    microphone: { state: 'failed', problem: 'insecure_page' },
    camera: { state: 'failed', problem: 'insecure_page' },
  });
});

test('the end lets go of all, the next opening takes what was wanted', async () => {
  media.open();
  await quiet();
  const camera = track('video');
  media.end();
  expect(camera.readyState).toBe('ended');
  expect(media.state).toMatchObject({ microphone: { state: 'off', wanted: true }, preview: null });
  media.open();
  await quiet();
  expect(media.state.camera.state).toBe('on');
});

test('what was captured too late is let go of', async () => {
  media.open();
  for (let i = 0; i < 12 && browser.requests.length === 0; i += 1) await Promise.resolve();
  media.end();
  await quiet();
  expect(media.track('video')).toBeNull();
  expect(media.state.camera.state).toBe('off');
});

test('what the system holds for a while is not called sent, and is there again by itself', async () => {
  media.open();
  await quiet();
  track('video').interrupt(true);
  expect(media.state.camera).toMatchObject({ state: 'on', isInterrupted: true });
  track('video').interrupt(false);
  expect(media.state.camera.isInterrupted).toBeUndefined();
  expect(browser.requests).toHaveLength(1);
});

test('what was taken away in the background is had again when the page is looked at', async () => {
  media.open();
  await quiet();
  track('audio').interrupt(true);
  browser.busy.add('cam-1');
  track('video').vanish();
  await quiet();
  expect(media.state.camera.state).toBe('failed');
  browser.busy.clear();
  media.recover();
  await quiet();
  expect(media.state).toMatchObject({ microphone: { state: 'on' }, camera: { state: 'on' } });
  expect(media.state.microphone.isInterrupted).toBeUndefined();
  const asked = browser.requests.length;
  media.recover();
  await quiet();
  expect(browser.requests).toHaveLength(asked);
});
