import { beforeEach, expect, test } from 'vitest';
import { RemoteGenerations } from './RemoteGenerations';

const HOST = 'candidate:1 1 udp 2122260223 192.0.2.1 5000 typ host generation 0';
const RELAY = 'candidate:2 1 udp 58663167 192.0.2.9 6000 typ relay raddr 0.0.0.0 rport 0 generation 0';
/** What Chromium gives to those that it learns of by a check. */
const PEER_REFLEXIVE = 1_853_824_767;

let generations: RemoteGenerations;

beforeEach(() => {
  generations = new RemoteGenerations();
});

function described(ufrag: string, ...candidates: string[]): string {
  const sdp = ['v=0', `a=ice-ufrag:${ufrag}`, ...candidates.map((line) => `a=${line}`), ''].join('\r\n');
  return generations.inDescription({ type: 'offer', sdp }).sdp;
}

function priorityOf(line: string): number {
  return Number(line.split(' ')[3]);
}

function told(ufrag: string, line: string): string {
  return generations.inCandidate({ candidate: `${line} ufrag ${ufrag}`, sdpMid: '0' }).candidate;
}

test('the first generation is left as it is', () => {
  expect(described('aaaa', HOST)).toContain(`a=${HOST}\r\n`);
  expect(told('aaaa', RELAY)).toBe(`${RELAY} ufrag aaaa`);
  expect(described('aaaa', RELAY)).toContain(`a=${RELAY}\r\n`);
});

test('the worst of a generation counts for more than the best of the one before', () => {
  let best = Math.max(priorityOf(HOST), PEER_REFLEXIVE);
  described('0');
  for (let generation = 1; generation <= 511; generation += 1) {
    described(String(generation));
    const [relay, host] = [told(String(generation), RELAY), told(String(generation), HOST)].map(priorityOf);
    expect(relay).toBeGreaterThan(best);
    expect(host).toBeGreaterThan(relay ?? 0);
    best = host ?? 0;
  }
  expect(best).toBeLessThan(2 ** 31);
});

test('after more restarts than there is room for, priorities stay those that can be', () => {
  for (let generation = 0; generation <= 600; generation += 1) described(String(generation));
  expect(priorityOf(told('600', HOST))).toBeLessThan(2 ** 31);
  expect(priorityOf(told('600', HOST))).toBe(priorityOf(told('511', HOST)));
});

test('candidates inside a description, and late ones of an older generation, are of their own', () => {
  described('aaaa');
  const lines = described('bbbb', HOST, RELAY).split('\r\n');
  expect(lines.at(-1)).toBe('');
  expect(priorityOf(lines.at(2) ?? '')).toBe(priorityOf(told('bbbb', HOST)));
  expect(priorityOf(lines.at(3) ?? '')).toBe(priorityOf(told('bbbb', RELAY)));
  expect(told('aaaa', HOST)).toBe(`${HOST} ufrag aaaa`);
});

test('the field says the generation before the text does, and without either it is the last', () => {
  described('aaaa');
  described('bbbb');
  const late = { candidate: `${HOST} ufrag bbbb`, usernameFragment: 'aaaa' };
  expect(generations.inCandidate(late)).toBe(late);
  expect(priorityOf(generations.inCandidate({ candidate: HOST }).candidate)).toBe(
    priorityOf(told('bbbb', HOST)),
  );
});

test('a candidate is old once there is a newer description', () => {
  const first = { candidate: HOST, usernameFragment: 'aaaa' };
  described('aaaa');
  expect(generations.isOld(first)).toBe(false);
  described('bbbb');
  expect(generations.isOld(first)).toBe(true);
  expect(generations.isOld({ candidate: HOST })).toBe(false);
});

test('what a network costs is left out, and what is no candidate stays as it is', () => {
  described('aaaa');
  described('bbbb');
  expect(told('bbbb', `${HOST} network-cost 900`)).not.toContain('network-cost');
  expect(told('bbbb', '')).toBe(' ufrag bbbb');
  expect(generations.inCandidate({ candidate: '', usernameFragment: 'bbbb' }).candidate).toBe('');
});
