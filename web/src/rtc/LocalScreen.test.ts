import { describe, expect, test, vi } from 'vitest';
import { LocalScreen, type ScreenState } from './LocalScreen';

class FakeTrack {
  onended: (() => void) | null = null;
  contentHint = '';
  stopped = false;
  constructor(readonly kind: 'audio' | 'video') {}
  getSettings() {
    return { displaySurface: 'browser' };
  }
  stop() {
    this.stopped = true;
  }
}

class FakeStream {
  constructor(readonly tracks: readonly FakeTrack[]) {}
  getTracks() {
    return this.tracks;
  }
  getVideoTracks() {
    return this.tracks.filter(({ kind }) => kind === 'video');
  }
  getAudioTracks() {
    return this.tracks.filter(({ kind }) => kind === 'audio');
  }
}

function fixture(answer: () => Promise<FakeStream>) {
  const states: ScreenState[] = [];
  const tracks: string[] = [];
  const getDisplayMedia = vi.fn(answer) as unknown as () => Promise<MediaStream>;
  const screen = new LocalScreen(
    (state) => states.push(state),
    (source, track) => tracks.push(`${source} ${track === null ? 'off' : 'on'}`),
    { getDisplayMedia },
  );
  return { screen, states, tracks };
}

const [video, audio] = [() => new FakeTrack('video'), () => new FakeTrack('audio')];

describe('a screen', () => {
  test('is shared with its sound, until it is stopped', async () => {
    const stream = new FakeStream([video(), audio()]);
    const { screen, states, tracks } = fixture(() => Promise.resolve(stream));
    await screen.start();
    expect(states.map(({ state }) => state)).toEqual(['starting', 'on']);
    expect(screen.state).toMatchObject({ surface: 'tab', hasSound: true, problem: null });
    expect(stream.tracks.map(({ contentHint }) => contentHint)).toEqual(['detail', 'music']);
    screen.stop();
    screen.stop();
    expect(tracks).toEqual(['screen on', 'screenAudio on', 'screen off', 'screenAudio off']);
    expect(stream.tracks.every(({ stopped }) => stopped)).toBe(true);
    expect(screen.state).toMatchObject({ state: 'off', hasSound: false });
  });

  test("ends by the browser's own button", async () => {
    const stream = new FakeStream([video()]);
    const { screen, tracks } = fixture(() => Promise.resolve(stream));
    await screen.start();
    stream.tracks[0]?.onended?.();
    expect(screen.state.problem).toBe('screen_ended');
    expect(screen.state.state).toBe('off');
    expect(tracks.slice(-2)).toEqual(['screen off', 'screenAudio off']);
    expect(screen.track('screen')).toBeNull();
  });

  test('goes on without its sound when that ends', async () => {
    const stream = new FakeStream([video(), audio()]);
    const { screen, tracks } = fixture(() => Promise.resolve(stream));
    await screen.start();
    stream.tracks[1]?.onended?.();
    expect(screen.state).toMatchObject({ state: 'on', hasSound: false });
    expect(tracks.at(-1)).toBe('screenAudio off');
  });

  test('becomes smooth while it is shared', async () => {
    const stream = new FakeStream([video()]);
    const { screen, tracks } = fixture(() => Promise.resolve(stream));
    await screen.start();
    screen.setLook('smooth');
    expect(stream.tracks[0]?.contentHint).toBe('motion');
    expect(tracks.at(-1)).toBe('screen on');
  });

  test('that comes after one has stopped waiting is let go', async () => {
    const stream = new FakeStream([video()]);
    const { screen, tracks } = fixture(() => Promise.resolve(stream));
    const starting = screen.start();
    screen.stop();
    await starting;
    expect(screen.state.state).toBe('off');
    expect(stream.tracks[0]?.stopped).toBe(true);
    expect(tracks).toEqual([]);
  });

  test.each([
    ['the person thought better of it', 'NotAllowedError', 'Permission denied', null],
    ['the system keeps it closed', 'NotAllowedError', 'Permission denied by system', 'screen_denied'],
    ['it does not start', 'NotReadableError', 'x', 'screen_failed'],
  ])('is not shared: %s', async (_, name, message, problem) => {
    const { screen, tracks } = fixture(() => Promise.reject(new DOMException(message, name)));
    await screen.start();
    expect(screen.state).toMatchObject({ state: 'off', problem });
    expect(tracks).toEqual([]);
  });

  test('is not offered where the browser cannot', () => {
    const ignore = () => undefined;
    expect(new LocalScreen(ignore, ignore, { getDisplayMedia: undefined }).state.isPossible).toBe(false);
  });
});
