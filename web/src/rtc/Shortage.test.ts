import { expect, test } from 'vitest';
import { nextShortage } from './nextShortage';
import { LARGEST } from './rungs';
import { ceilingOf, isPaused, noShortage, trickles, type Reading, type Shortage } from './Shortage';

const EVERY_MS = 2_000;

/** The state after readings of so many kbit/s, 2 s apart, the first long after the beginning. */
function after(
  kbps: readonly (number | Partial<Reading>)[],
  state: Shortage = noShortage(0),
  from = 60_000,
): Shortage {
  return kbps.reduce<Shortage>((shortage, reading, at) => {
    const given = typeof reading === 'number' ? { availableKbps: reading } : reading;
    return nextShortage(shortage, {
      at: from + at * EVERY_MS,
      availableKbps: 3_000,
      sentKbps: null,
      roundTripMs: 40,
      queueMs: 0,
      sentLossFraction: 0,
      hasPicture: true,
      links: 1,
      originalSound: false,
      ...given,
    });
  }, state);
}

/** So many kbit/s, and so many are sent. */
const of = (availableKbps: number, sentKbps: number): Partial<Reading> => ({ availableKbps, sentKbps });
/** So many kbit/s, and what is sent stands in a queue. */
const strained = (availableKbps: number): Partial<Reading> => ({ availableKbps, queueMs: 300 });

const paused = after([strained(95), strained(95)]);
const probing = after([70, 70, 70], paused, 64_000);

test('plenty leaves everything as it is', () => {
  expect(ceilingOf(after([3_000, 2_500, 3_000]))).toBe(LARGEST);
});

test('a shortage is believed at the second reading, and takes size before it takes the picture', () => {
  expect(ceilingOf(after([300]))).toBe(LARGEST);
  expect(ceilingOf(after([300, 300]))).toBe(2);
  expect(ceilingOf(after([300, 300, 150, 150]))).toBe(1);
  expect(isPaused(after([300, 300, 150, 150]))).toBe(false);
});

test('the picture pauses where not even the smallest fits beside the sound', () => {
  expect(isPaused(after([strained(95)]))).toBe(false);
  expect(isPaused(paused)).toBe(true);
  expect(ceilingOf(paused)).toBe(-1);
});

test('what is lost counts as much as what stands in a queue', () => {
  const lossy = { availableKbps: 50, sentLossFraction: 0.05 };
  expect(isPaused(after([lossy, lossy]))).toBe(true);
});

test('an estimate alone makes the picture small, and does not pause it', () => {
  const small = after([50, 50, 50, 50, 50]);
  expect(ceilingOf(small)).toBe(0);
  expect(isPaused(after([strained(90), 90, strained(90), 90], small, 70_000))).toBe(false);
  expect(isPaused(after([strained(90), strained(90)], small, 70_000))).toBe(true);
});

test('it pauses at once where the sound suffers already, or packets wait and the estimate leaves no doubt', () => {
  expect(isPaused(after([{ availableKbps: 95, roundTripMs: 900 }]))).toBe(true);
  expect(isPaused(after([strained(50)]))).toBe(true);
});

test('a long way alone is no shortage', () => {
  expect(ceilingOf(after([1, 2, 3].map(() => ({ availableKbps: 3_000, roundTripMs: 900 }))))).toBe(LARGEST);
});

test('a connection that has just begun is given time', () => {
  const weak = Array.from({ length: 5 }, () => strained(50));
  expect(isPaused(after(weak.slice(0, 3), noShortage(60_000)))).toBe(false);
  expect(isPaused(after(weak, noShortage(60_000)))).toBe(true);
});

test('where the browser does not estimate, and without a picture, nothing is limited', () => {
  expect(ceilingOf(after([{ availableKbps: null }, { availableKbps: null }], paused))).toBe(LARGEST);
  expect(isPaused(after([{ availableKbps: 50, hasPicture: false }], paused))).toBe(false);
});

test('after a pause a small picture is tried, and still counts as paused', () => {
  expect(probing.name).toBe('probing');
  expect(ceilingOf(probing)).toBe(0);
  expect(isPaused(probing)).toBe(true);
});

test('nothing is tried while packets still stand in a queue, but a trickle is sent', () => {
  const clogged = after([{ availableKbps: 70, roundTripMs: 2_000 }], paused, 90_000);
  expect(clogged.name).toBe('paused');
  expect(after([{ availableKbps: 70, roundTripMs: 100 }], clogged, 92_000).name).toBe('probing');
});

test('the trickle goes on until the queue has drained, and not for ever', () => {
  const clogged = after([{ availableKbps: 70, roundTripMs: 2_000 }], paused, 63_000);
  expect(trickles(clogged, 64_000)).toBe(true);
  expect(trickles(clogged, 200_000)).toBe(false);
  expect(trickles(after([70], clogged, 64_000), 64_000)).toBe(false);
  expect(trickles(noShortage(0), 1_000)).toBe(false);
});

test('an estimate that rises by itself ends the pause early', () => {
  expect(after([400], paused, 64_000).name).toBe('probing');
});

test('a probe that finds room twice brings the picture back, small', () => {
  expect(after([600], probing, 70_000).name).toBe('probing');
  const back = after([600, 600], probing, 70_000);
  expect(isPaused(back)).toBe(false);
  expect(ceilingOf(back)).toBe(1);
});

test('a peak that does not last brings nothing back', () => {
  expect(after([700, 50], probing, 70_000).name).toBe('paused');
});

test('a probe ends when packets queue up, or after a while', () => {
  expect(after([{ availableKbps: 100, roundTripMs: 900 }], probing, 70_000).name).toBe('paused');
  expect(after([100, 100, 100], probing, 70_000).name).toBe('probing');
  expect(
    after(
      Array.from({ length: 8 }, () => 100),
      probing,
      70_000,
    ).name,
  ).toBe('paused');
});

test('pauses grow longer with each probe that fails, up to 15 s', () => {
  const waits: number[] = [];
  let state = paused;
  let at = 62_000;
  for (let round = 0; round < 4; round += 1) {
    if (state.name !== 'paused') throw new Error(`expected a pause, got ${state.name}`);
    waits.push(state.until - at);
    at = state.until;
    state = after([70, { availableKbps: 70, roundTripMs: 900 }], state, at);
    at += EVERY_MS;
  }
  expect(waits).toEqual([5_000, 10_000, 15_000, 15_000]);
});

test('more is sent step by step, and only with room to spare', () => {
  const small = after([150, 150]);
  expect(ceilingOf(after([3_000, 3_000], small, 70_000))).toBe(1);
  expect(ceilingOf(after([3_000, 3_000, 3_000], small, 70_000))).toBe(2);
  expect(ceilingOf(after([3_000, 150, 3_000, 3_000], small, 70_000))).toBe(1);
  expect(ceilingOf(after([210, 210, 210, 210], small, 70_000))).toBe(1);
});

test('where little is sent, the estimate says little: after a calm while more is tried without room to spare', () => {
  const small = after([50, 50]);
  const often = (reading: Partial<Reading>, times = 8) => Array.from({ length: times }, () => reading);
  expect(ceilingOf(after(often(of(160, 100)), small, 70_000))).toBe(1);
  expect(ceilingOf(after(often(of(160, 100), 5), small, 70_000))).toBe(0);
  expect(ceilingOf(after(often(of(160, 140)), small, 70_000))).toBe(0);
  expect(ceilingOf(after(often({ ...of(160, 100), queueMs: 200 }), small, 70_000))).toBe(0);
});
