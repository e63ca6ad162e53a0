import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatFor } from '../words/formats';
import { words as german } from '../words/gen/de';
import { callTitle, clock, duration, lastSeen, summaryOf } from './callPhrases';
import { strings as callStrings } from './callStrings';
import { people } from './phrases';
import { strings } from './strings';

describe('who is inside', () => {
  it.each([
    [['Mara'], 'Mara is inside'],
    [['Mara', 'Eileen'], 'Mara and Eileen are inside'],
    [['A', 'B', 'C', 'D'], 'A, B, C and D are inside'],
    [['A', 'B', 'C', 'D', 'E'], 'A, B, C and 2 others are inside'],
    [[''], 'Guest is inside'],
  ])('%j', (names, said) => {
    expect(strings.lobby.inside({ count: names.length, people: people(names) })).toBe(said);
  });
});

describe('after the call', () => {
  it.each([
    [1448, ['Mara', 'Joel'], 2, '24 minutes with Mara and Joel. They are still talking.'],
    [1448, ['Mara', 'Joel'], 1, '24 minutes with Mara and Joel. One of them is still there.'],
    [1448, ['Mara', 'Joel', 'Ines'], 2, '24 minutes with Mara, Joel and Ines. 2 are still talking.'],
    [60, ['Mara'], 1, '1 minute with Mara. Mara is still there.'],
    [3600, ['Mara'], 0, '1 hour with Mara.'],
    [3900, ['Mara'], 0, '1 hour 5 minutes with Mara.'],
    [20, ['Mara'], 0, 'Less than a minute with Mara.'],
    [130, [], 0, '2 minutes. Nobody else came in.'],
  ])('%i seconds with %j, %i inside', (seconds, met, inside, said) => {
    expect(summaryOf(seconds, met, inside)).toBe(said);
  });
});

describe('times', () => {
  it.each([
    [4, '0:04'],
    [1448, '24:08'],
    [3761, '1:02:41'],
  ])('%i seconds are %s', (seconds, said) => {
    expect(clock(seconds)).toBe(said);
  });

  it('counts since when somebody was seen', () => {
    expect(lastSeen(1)).toBe('Last seen 1 second ago');
    expect(lastSeen(6)).toBe('Last seen 6 seconds ago');
    expect(lastSeen(130)).toBe('Last seen 2 minutes ago');
  });
});

describe('numbers', () => {
  it('have no separators in the size of a picture', () => {
    expect(callStrings.quality.picture({ width: 1280, height: 720, framerate: 30 })).toBe(
      '1280 × 720, 30 a second',
    );
  });

  it('have as many digits as they are known to', () => {
    expect(callStrings.quality.megabits({ mbps: 2.63 })).toBe('2.6 Mbit/s');
    expect(callStrings.quality.milliseconds({ ms: 38.4 })).toBe('38 ms');
    expect(duration(3_600 * 30)).toBe('30 hours');
  });
});

describe('the title of a call', () => {
  it('names two, and the room', () => {
    expect(callTitle('garden-room', [])).toBe('garden-room');
    expect(callTitle('garden-room', ['A', 'B', 'C', 'D'])).toBe('A, B and 2 others, garden-room');
  });
});

describe('German', () => {
  beforeEach(() => {
    formatFor('de-DE');
  });
  afterEach(() => {
    formatFor('en-GB');
  });

  it('has forms and figures of its own', () => {
    expect(german.entry.lobby.inside({ count: 1, people: 'Mara' })).toBe('Mara ist bereits im Raum');
    expect(german.entry.lobby.inside({ count: 2, people: people(['Mara', 'Eileen']) })).toBe(
      'Mara und Eileen sind bereits im Raum',
    );
    expect(german.call.quality.megabits({ mbps: 2.63 })).toBe('2,6 Mbit/s');
    expect(german.call.quality.mark({ quality: 'poor', name: 'Mara' })).toContain('schwach');
  });
});
