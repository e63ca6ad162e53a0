import { describe, expect, it } from 'vitest';
import { nextVoices, silence, type Voices } from './voices';

const LOUD = 0.6;
const BETWEEN = 0.28;
const QUIET = 0.05;

/** What becomes of levels that come every 100 ms: `levels(ms)` for each who is here. */
function after(ms: number, levels: (at: number) => Readonly<Record<string, number>>, from = silence): Voices {
  let voices = from;
  for (let at = 0; at <= ms; at += 100) voices = nextVoices(voices, new Map(Object.entries(levels(at))), at);
  return voices;
}

/** Loud from one moment to another. */
function during(at: number, from: number, to: number): number {
  return at >= from && at < to ? LOUD : QUIET;
}

describe('a voice', () => {
  it('counts when it lasts', () => {
    expect([...after(500, () => ({ a: LOUD, b: QUIET })).speaking]).toEqual(['a']);
  });

  it('does not count as a cough', () => {
    expect(after(600, (at) => ({ a: during(at, 200, 300) })).speaking.size).toBe(0);
  });

  it('goes on over a breath, and through what would not begin it', () => {
    expect(after(1_500, (at) => ({ a: at > 1_000 && at < 1_400 ? QUIET : LOUD })).speaking.has('a')).toBe(
      true,
    );
    expect(after(3_000, (at) => ({ a: at > 1_000 ? BETWEEN : LOUD })).speaking.has('a')).toBe(true);
    expect(after(3_000, () => ({ a: BETWEEN })).speaking.size).toBe(0);
  });

  it('ends with silence', () => {
    expect(after(2_000, (at) => ({ a: during(at, 0, 1_000) })).speaking.size).toBe(0);
  });

  it('does not flicker: what has not changed is the same', () => {
    const one = after(1_000, () => ({ a: LOUD, b: QUIET }));
    const next = nextVoices(one, new Map([['a', LOUD], ['b', QUIET]]), 1_100); // prettier-ignore
    expect(next.speaking).toBe(one.speaking);
    expect(next.speakers).toBe(one.speakers);
  });
});

describe('the speaker', () => {
  it('is the first who speaks, and stays when they are silent', () => {
    expect(after(600, () => ({ a: QUIET, b: LOUD })).speakers).toEqual(['b']);
    expect(after(4_000, (at) => ({ a: QUIET, b: during(at, 0, 1_000) })).speakers).toEqual(['b']);
  });

  it('stays while somebody says yes in between', () => {
    const levels = (at: number) => ({ a: during(at, 0, 1_000), b: during(at, 2_000, 2_800) });
    expect(after(5_000, levels).speakers[0]).toBe('a');
  });

  it('stays while both speak', () => {
    expect(after(9_000, (at) => ({ a: LOUD, b: during(at, 1_000, 9_000) })).speakers).toEqual(['a']);
  });

  it('hands over to one who goes on speaking, and is remembered', () => {
    const levels = (at: number) => ({ a: during(at, 0, 1_000), b: during(at, 1_500, 5_000) });
    expect(after(5_000, levels).speakers).toEqual(['b', 'a']);
  });

  it('is forgotten with those who leave', () => {
    const left = nextVoices(
      after(1_000, () => ({ a: LOUD, b: QUIET })),
      new Map([['b', QUIET]]),
      1_100,
    );
    expect(left.speakers).toEqual([]);
  });
});
