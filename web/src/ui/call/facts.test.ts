import { describe, expect, it } from 'vitest';
import { entered, reached } from '../../call/joinTiming';
import { joinFacts } from './facts';

describe('how long it took to enter', () => {
  const timing = reached(entered(108.4, ['mara', 'joel'], new Map()), 'mara', 'ice', 214);

  it('is told as far as it is known', () => {
    expect(joinFacts('mara', timing)).toEqual([
      ['Join to let in', '108 ms'],
      ['Join to way found', '214 ms'],
    ]);
    expect(joinFacts('joel', timing)).toHaveLength(1);
  });

  it('is nothing for those who came later', () => {
    expect(joinFacts('nisha', timing)).toEqual([]);
    expect(joinFacts('mara', null)).toEqual([]);
  });
});
