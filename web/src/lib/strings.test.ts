import { describe, expect, it } from 'vitest';
import { strings } from './strings';

/** All sentences of the catalogue that stand there as they are. */
function sentences(part: unknown): string[] {
  if (typeof part === 'string') return [part];
  if (typeof part === 'object' && part !== null) return Object.values(part).flatMap(sentences);
  return [];
}

describe('the voice', () => {
  it.each([...new Set(sentences(strings))])('is calm and short: %s', (text) => {
    expect(text).not.toMatch(/!|oops|sorry|please|error|invalid|[a-z]_[a-z]/i);
    expect(text.match(/[.?](\s|$)/g)?.length ?? 0).toBeLessThanOrEqual(2);
    expect(text).toBe(text.trim());
  });

  it('claims nothing that is not so', () => {
    expect(sentences(strings).join(' ')).not.toMatch(/encrypt|record/i);
  });
});

describe('who is inside', () => {
  it.each([
    [['Mara'], 'Mara is inside'],
    [['Mara', 'Eileen'], 'Mara and Eileen are inside'],
    [['A', 'B', 'C', 'D'], 'A, B, C and D are inside'],
    [['A', 'B', 'C', 'D', 'E'], 'A, B, C and 2 others are inside'],
    [[''], 'Guest is inside'],
  ])('%j', (names, said) => {
    expect(strings.lobby.inside(names)).toBe(said);
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
    expect(strings.after.summary(seconds, met, inside)).toBe(said);
  });
});

describe('times', () => {
  it.each([
    [4, '0:04'],
    [1448, '24:08'],
    [3761, '1:02:41'],
  ])('%i seconds are %s', (seconds, said) => {
    expect(strings.call.clock(seconds)).toBe(said);
  });

  it('counts since when somebody was seen', () => {
    expect(strings.call.lastSeen(1)).toBe('Last seen 1 second ago');
    expect(strings.call.lastSeen(6)).toBe('Last seen 6 seconds ago');
    expect(strings.call.lastSeen(130)).toBe('Last seen 2 minutes ago');
  });
});
