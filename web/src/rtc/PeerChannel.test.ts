import { expect, test } from 'vitest';
import { parsePeerMessage } from './PeerChannel';

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
