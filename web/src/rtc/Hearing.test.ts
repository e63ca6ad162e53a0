import { beforeEach, expect, test } from 'vitest';
import { Hearing } from './Hearing';

/** What of the other has come last: when, and how loud. */
interface Track {
  kind: string;
  at: number;
  level?: number;
}

let asked: string[];
let hearing: Hearing;
let tracks: Track[];

function look(): number {
  const receivers = tracks.map(({ kind, at, level }) => ({
    track: { kind },
    getSynchronizationSources: () => {
      asked.push(kind);
      return at === 0 ? [] : [{ timestamp: at, source: 1, rtpTimestamp: 0, audioLevel: level }];
    },
  }));
  return hearing.look({ getReceivers: () => receivers as unknown as RTCRtpReceiver[] });
}

beforeEach(() => {
  asked = [];
  hearing = new Hearing();
  tracks = [
    { kind: 'audio', at: 0 },
    { kind: 'video', at: 0 },
    { kind: 'video', at: 0 },
    { kind: 'audio', at: 0 },
  ];
});

test('of one who is heard only the voice is asked for', () => {
  tracks[0] = { kind: 'audio', at: 10, level: 0.5 };
  expect(look()).toBe(10);
  expect(asked).toEqual(['audio']);
  expect(hearing.level).toBeGreaterThan(0.5);
});

test('of one without a voice pictures and screens are', () => {
  tracks[2] = { kind: 'video', at: 10 };
  expect(look()).toBe(10);
  tracks[3] = { kind: 'audio', at: 20, level: 0.5 };
  expect(look()).toBe(20);
  expect(hearing.level).toBe(0);
});

test('nothing new is the same value, and silence', () => {
  tracks[0] = { kind: 'audio', at: 10, level: 0.5 };
  tracks[1] = { kind: 'video', at: 9 };
  const before = look();
  expect(look()).toBe(before);
  expect(hearing.level).toBe(0);
});

test('a voice that is not loud, or does not say how loud, has no level', () => {
  tracks[0] = { kind: 'audio', at: 10, level: 0 };
  look();
  expect(hearing.level).toBe(0);
  tracks[0] = { kind: 'audio', at: 20 };
  expect(look()).toBe(20);
  expect(hearing.level).toBe(0);
});

test('nobody is there yet', () => {
  tracks = [];
  expect(look()).toBe(0);
});
