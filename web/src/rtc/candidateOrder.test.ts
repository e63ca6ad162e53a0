import { expect, test, vi } from 'vitest';
import { candidatesIn, OrderedCandidates, orderCandidates } from './candidateOrder';

const host = (address: string) => `candidate:1 1 udp 2122260223 ${address} 40000 typ host generation 0`;
const srflx = (address: string) =>
  `candidate:2 1 udp 1686052607 ${address} 40000 typ srflx raddr 192.168.1.2 rport 40000`;
const relay = (address: string) =>
  `candidate:3 1 udp 41885439 ${address} 50000 typ relay raddr 0.0.0.0 rport 0`;

const HOME = [host('192.168.1.2'), srflx('203.0.113.7')];

test.each<[string, string[], string[], string[], string[]]>([
  [
    'two networks: what leads out comes first',
    HOME,
    [host('10.0.0.2'), srflx('198.51.100.9'), relay('192.0.2.5')],
    [srflx('198.51.100.9'), relay('192.0.2.5')],
    [host('10.0.0.2')],
  ],
  [
    'one public address: one network',
    HOME,
    [host('192.168.1.3'), srflx('203.0.113.7')],
    [host('192.168.1.3'), srflx('203.0.113.7')],
    [],
  ],
  ['nothing but host candidates', HOME, [host('192.168.1.3')], [host('192.168.1.3')], []],
  [
    'one machine',
    [],
    [host('192.168.1.3'), host('127.0.0.1'), host('::1')],
    [host('192.168.1.3'), host('127.0.0.1'), host('::1')],
    [],
  ],
  [
    'a hidden address',
    HOME,
    [host('1f4712db.local'), relay('192.0.2.5')],
    [relay('192.0.2.5')],
    [host('1f4712db.local')],
  ],
  [
    'a machine with a public address',
    HOME,
    [host('192.168.1.3'), host('2001:db8::1')],
    [host('2001:db8::1')],
    [host('192.168.1.3')],
  ],
  [
    'shared address space',
    HOME,
    [host('100.64.0.1'), host('100.128.0.1')],
    [host('100.128.0.1')],
    [host('100.64.0.1')],
  ],
  ['nobody has any', [], [], [], []],
])('%s', (_, own, theirs, first, later) => {
  const wrapped = (texts: string[]) => texts.map((candidate) => ({ candidate, sdpMid: '0' }));
  expect(orderCandidates(own, wrapped(theirs), true)).toEqual({
    first: wrapped(first),
    later: wrapped(later),
  });
});

test.each<[string, string[], number]>([
  ['where more may come, home waits for what leads out', HOME, 0],
  ['but not where we have no public address', [host('192.168.1.2')], 1],
])('%s', (_, own, first) => {
  const ordered = orderCandidates(own, [{ candidate: host('192.168.1.3') }], false);
  expect(ordered.first).toHaveLength(first);
  expect(ordered.later).toHaveLength(1 - first);
});

test.each([
  [
    'in one network it is tried with the address that shows that',
    '203.0.113.7',
    ['192.168.1.3', '203.0.113.7'],
    [],
  ],
  ['between two it is tried last', '198.51.100.9', ['198.51.100.9'], ['192.168.1.3']],
])('home waits where more may come: %s', (_, theirs, atOnce, later) => {
  vi.useFakeTimers();
  const tried: string[] = [];
  const incoming = new OrderedCandidates(({ candidate = '' }) => tried.push(candidate.split(' ')[4] ?? ''));
  incoming.take([{ candidate: host('192.168.1.3') }], HOME, false);
  expect(tried).toEqual([]);
  incoming.take([{ candidate: srflx(theirs) }], HOME, false);
  expect(tried).toEqual(atOnce);
  vi.advanceTimersByTime(250);
  expect(tried).toEqual([...atOnce, ...later]);
  vi.useRealTimers();
});

test('what is forgotten is not tried, and home waits for nothing but a moment', () => {
  vi.useFakeTimers();
  const add = vi.fn();
  const incoming = new OrderedCandidates(add);
  incoming.take([{ candidate: host('192.168.1.3') }], HOME, false);
  vi.advanceTimersByTime(250);
  expect(add).toHaveBeenCalledOnce();
  incoming.take([{ candidate: host('192.168.1.4') }], HOME, false);
  incoming.clear();
  vi.advanceTimersByTime(250);
  expect(add).toHaveBeenCalledOnce();
  vi.useRealTimers();
});

test('the candidates of a description', () => {
  const sdp = `v=0\r\na=${host('192.168.1.2')}\r\na=mid:0\r\na=${srflx('203.0.113.7')}\r\n`;
  expect(candidatesIn(sdp)).toEqual(HOME);
});
