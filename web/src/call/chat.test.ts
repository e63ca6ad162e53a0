import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../protocol/messages.gen';
import {
  EMPTY,
  failed,
  inEpoch,
  lastNumber,
  nextToSend,
  piecesOf,
  received,
  retried,
  written,
  type ChatLog,
} from './chat';

const SELF = 'me';
const isOwn = (id: string) => id === SELF;
const started = inEpoch(EMPTY, 'first');

function message(number: number, change: Partial<ChatMessage> = {}): ChatMessage {
  return {
    number,
    id: `m${number}`,
    at: number,
    from: 'mara',
    name: 'Mara',
    to: null,
    text: `${number}`,
    ...change,
  };
}

function write(log: ChatLog, id: string): ChatLog {
  return written(log, { id, from: SELF, name: 'Tomas', to: null, text: id, at: 0 });
}

const texts = ({ lines }: ChatLog) => lines.map(({ text }) => text);

describe('messages', () => {
  test('stand in the order of their numbers, whenever they come', () => {
    const log = received(received(started, [message(3)], isOwn), [message(1), message(2)], isOwn);
    expect(texts(log)).toEqual(['1', '2', '3']);
    expect(lastNumber(log)).toBe(3);
  });

  test('are not doubled', () => {
    const log = received(started, [message(1), message(2)], isOwn);
    expect(texts(received(log, [message(2), message(3)], isOwn))).toEqual(['1', '2', '3']);
    expect(received(log, [], isOwn)).toBe(log);
  });

  test('of two writers may have the same name', () => {
    const log = received(started, [message(1), message(2, { from: 'joel', id: 'm1' })], isOwn);
    expect(texts(log)).toEqual(['1', '2']);
  });

  test('of one that are on their way stand last, and find their place', () => {
    let log = write(write(started, 'a'), 'b');
    log = received(log, [message(1)], isOwn);
    expect(texts(log)).toEqual(['1', 'a', 'b']);
    expect(nextToSend(log)?.id).toBe('a');
    log = received(log, [message(2, { from: SELF, id: 'a', text: 'a, cleaned' })], isOwn);
    log = received(log, [message(3)], isOwn);
    expect(texts(log)).toEqual(['1', 'a, cleaned', '3', 'b']);
    expect(nextToSend(log)?.id).toBe('b');
  });

  test('that were refused say why, and can be tried again', () => {
    const log = failed(write(started, 'a'), 'a', 'text_too_long');
    expect(log.lines[0]).toMatchObject({ state: 'failed', problem: 'text_too_long' });
    expect(nextToSend(log)).toBeNull();
    expect(nextToSend(retried(log, 'a'))?.id).toBe('a');
  });

  test('of before a restart of the server stay before those after it, and are known again', () => {
    let log = received(started, [message(1), message(7)], isOwn);
    log = inEpoch(inEpoch(log, 'second'), 'second');
    expect(lastNumber(log)).toBe(0);
    // Its ack was lost in the crash, so its writer has sent it once more.
    log = received(log, [message(1, { id: 'm7', text: '7' }), message(2, { id: 'new', text: 'new' })], isOwn);
    expect(texts(log)).toEqual(['1', '7', 'new']);
  });
});

describe('links in a text', () => {
  const links = (text: string) => piecesOf(text).flatMap(({ href }) => href ?? []);

  test.each([
    ['https://example.com', ['https://example.com/']],
    ['see http://example.com/a?b=c#d, then', ['http://example.com/a?b=c#d']],
    ['(https://example.com/a_(b))', ['https://example.com/a_(b)']],
    ['https://example.com/a. https://example.org!', ['https://example.com/a', 'https://example.org/']],
    ['HTTPS://EXAMPLE.COM', ['https://example.com/']],
    ['<https://example.com/"onmouseover=alert(1)>', ['https://example.com/']],
    ['javascript:alert(1) data:text/html,x file:///etc ftp://x mailto:a@b', []],
    ['javascript://example.com/%0aalert(1)', []],
    ['https://bank.example@elsewhere.example/', []],
    ['https:// http://', []],
    ['example.com', []],
  ])('%s', (text, hrefs) => {
    expect(links(text)).toEqual(hrefs);
  });

  test.each(['', 'plain', 'a https://x.example b\nhttps://y.example', 'https://user@x.example'])(
    'leave the text as it is: %j',
    (text) => {
      expect(
        piecesOf(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
    },
  );
});
