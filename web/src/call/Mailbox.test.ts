import { expect, test } from 'vitest';
import { Mailbox } from './Mailbox';

test('what is held comes in order, before what is new', () => {
  const seen: number[] = [];
  const mailbox = new Mailbox();
  mailbox.hold();
  for (const n of [1, 2]) mailbox.deliver(() => seen.push(n));
  expect(seen).toEqual([]);
  mailbox.release();
  mailbox.deliver(() => seen.push(3));
  expect(seen).toEqual([1, 2, 3]);
});

test('an act that holds again keeps the rest', () => {
  const seen: number[] = [];
  const mailbox = new Mailbox();
  mailbox.hold();
  mailbox.deliver(() => {
    seen.push(1);
    mailbox.hold();
  });
  mailbox.deliver(() => seen.push(2));
  mailbox.release();
  expect(seen).toEqual([1]);
  mailbox.release();
  expect(seen).toEqual([1, 2]);
});

test('what is cleared is forgotten', () => {
  const seen: number[] = [];
  const mailbox = new Mailbox();
  mailbox.hold();
  mailbox.deliver(() => seen.push(1));
  mailbox.clear();
  mailbox.release();
  expect(seen).toEqual([]);
});
