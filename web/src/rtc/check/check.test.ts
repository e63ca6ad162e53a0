import { describe, expect, it } from 'vitest';
import { stunUrls, turnWays } from './candidates';
import { kbpsOf, lossOf, medianOf } from './RelayLoop';

const servers: RTCIceServer[] = [
  { urls: 'stun:a.example:3478' },
  {
    urls: ['turn:a.example', 'turn:a.example?transport=tcp', 'turns:a.example:443?transport=tcp'],
    username: 'name',
    credential: 'word',
  },
];

describe('the ways to a relay', () => {
  it('are told apart, each with its credentials', () => {
    const entry = (url: string) => [{ urls: [url], username: 'name', credential: 'word' }];
    expect(turnWays(servers)).toEqual({
      udp: entry('turn:a.example'),
      tcp: entry('turn:a.example?transport=tcp'),
      tls: entry('turns:a.example:443?transport=tcp'),
    });
  });

  it('are not those to STUN', () => {
    expect(stunUrls(servers)).toEqual(['stun:a.example:3478']);
  });
});

describe('the numbers', () => {
  it('of loss are a share, and all where nothing was sent', () => {
    expect([lossOf(100, 97), lossOf(10, 11), lossOf(0, 0)]).toEqual([expect.closeTo(0.03), 0, 1]);
  });

  it('of speed need time', () => {
    expect([kbpsOf(125_000, 1_000), kbpsOf(125_000, 20)]).toEqual([1_000, 0]);
  });

  it('have a middle one', () => {
    expect([medianOf([9, 1, 5]), medianOf([])]).toEqual([5, Infinity]);
  });
});
