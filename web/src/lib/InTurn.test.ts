import { expect, test } from 'vitest';
import { InTurn } from './InTurn';

/** A later task: those that were there before have been carried out by then. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

test('each act has a task of its own', async () => {
  const turns = new InTurn();
  const seen: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    turns.add(name, () => {
      seen.push(name);
      // Of the same task, before the next.
      queueMicrotask(() => seen.push(`after ${name}`));
    });
  }
  expect(seen).toEqual([]);
  await expect.poll(() => seen).toEqual(['a', 'after a', 'b', 'after b', 'c', 'after c']);
});

test('the last of a name counts', async () => {
  const turns = new InTurn();
  const seen: string[] = [];
  turns.add('a', () => seen.push('old'));
  turns.add('b', () => seen.push('b'));
  turns.add('a', () => seen.push('new'));
  await expect.poll(() => seen).toEqual(['new', 'b']);
});

test('there may be more after the last', async () => {
  const turns = new InTurn();
  const seen: string[] = [];
  turns.add('a', () => seen.push('first'));
  await expect.poll(() => seen).toEqual(['first']);
  turns.add('a', () => seen.push('second'));
  await expect.poll(() => seen).toEqual(['first', 'second']);
});

test('nothing comes after clear', async () => {
  const turns = new InTurn();
  const seen: string[] = [];
  turns.add('a', () => seen.push('a'));
  turns.clear();
  await nextTask();
  await nextTask();
  expect(seen).toEqual([]);
});
