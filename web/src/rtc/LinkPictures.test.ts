import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LinkPictures } from './LinkPictures';

let said: string[];
let pictures: LinkPictures;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  pictures = new LinkPictures({
    setLost: (isLost) => said.push(isLost ? 'lost' : 'back'),
    refreshPictures: () => said.push('anew'),
    growUp: () => said.push('large'),
  });
});
afterEach(() => {
  pictures.end();
  vi.useRealTimers();
});

test('the first picture is small for half a second', () => {
  pictures.begin();
  vi.advanceTimersByTime(400);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(said).toEqual(['large']);
});

test('a link is young until then, however long it waits to be connected, and never again', () => {
  vi.advanceTimersByTime(60_000);
  expect(pictures.isYoung).toBe(true);
  pictures.begin();
  vi.advanceTimersByTime(400);
  expect(pictures.isYoung).toBe(true);
  vi.advanceTimersByTime(200);
  expect(pictures.isYoung).toBe(false);
  pictures.lost();
  expect(pictures.isYoung).toBe(false);
});

test('after a loss it is small for three', () => {
  pictures.begin();
  vi.advanceTimersByTime(1_000);
  pictures.lost();
  vi.advanceTimersByTime(10_000);
  pictures.mended();
  vi.advanceTimersByTime(2_900);
  expect(said).toEqual(['large', 'lost', 'back']);
  vi.advanceTimersByTime(200);
  expect(said).toEqual(['large', 'lost', 'back', 'large']);
  expect(pictures.losses).toBe(1);
});

test('it begins anew once more when the path changes soon after, and not later', () => {
  pictures.begin();
  pictures.lost();
  pictures.onOtherPath();
  pictures.mended();
  pictures.onOtherPath();
  pictures.onOtherPath();
  expect(said).toEqual(['lost', 'back', 'anew']);
  pictures.lost();
  pictures.mended();
  vi.advanceTimersByTime(3_100);
  pictures.onOtherPath();
  expect(said).toEqual(['lost', 'back', 'anew', 'lost', 'back', 'large']);
});

test('before the first connection nothing is lost', () => {
  pictures.lost();
  pictures.mended();
  expect(said).toEqual([]);
  expect(pictures.losses).toBe(0);
});
