import { expect, test, vi } from 'vitest';
import { parsePeerMessage, PeerChannel } from './PeerChannel';

test('messages that are as they should be', () => {
  expect(parsePeerMessage('{"type":"view","width":640,"height":360}')).toEqual({
    type: 'view',
    width: 640,
    height: 360,
  });
  expect(parsePeerMessage('{"type":"picture","paused":true,"reason":"later"}')).toEqual({
    type: 'picture',
    paused: true,
  });
});

test.each([
  'not JSON',
  'null',
  '7',
  '[]',
  '{"type":"unheard of"}',
  '{"type":"view","width":640}',
  '{"type":"view","width":-1,"height":360}',
  '{"type":"view","width":1e9,"height":360}',
  '{"type":"view","width":"640","height":360}',
  '{"type":"picture","paused":1}',
  `{"type":"picture","paused":true,"more":"${'x'.repeat(2_000)}"}`,
  new ArrayBuffer(8),
  undefined,
])('anything else is passed over: %s', (data) => {
  expect(parsePeerMessage(data)).toBeNull();
});

test('what was told is told again when asked, as soon as the channel allows it', () => {
  vi.useFakeTimers();
  const sent: string[] = [];
  const end = {
    readyState: 'connecting',
    send: (text: string) => sent.push(text),
  } as unknown as RTCDataChannel;
  const channel = new PeerChannel(() => undefined);
  expect(channel.tellAgain()).toBe(false);
  channel.openOn({ createDataChannel: () => end } as unknown as RTCPeerConnection);
  channel.tell({ type: 'picture', paused: false });
  expect(channel.tellAgain()).toBe(false);
  Object.assign(end, { readyState: 'open' });
  expect(channel.tellAgain()).toBe(true);
  expect(channel.tellAgain()).toBe(true); // so soon after the last it waits
  expect(sent).toEqual(['{"type":"picture","paused":false}']);
  vi.advanceTimersByTime(250);
  expect(sent).toHaveLength(2);
  channel.end();
  vi.useRealTimers();
});
