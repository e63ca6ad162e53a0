import { expect, test } from 'vitest';
import { Reconciler } from './reconcile';

/** Something that takes time to become what is desired. */
class Lamp {
  desired = 'off';
  actual = 'off';
  running = 0;
  most = 0;
  readonly steps: string[] = [];
  readonly reconciler = new Reconciler(() => (this.desired === this.actual ? null : this.step(this.desired)));
  #finish: (() => void)[] = [];

  async step(goal: string): Promise<void> {
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    this.steps.push(goal);
    await new Promise<void>((resolve) => this.#finish.push(resolve));
    this.actual = goal;
    this.running -= 1;
  }

  want(goal: string): Promise<void> {
    this.desired = goal;
    return this.reconciler.run();
  }

  async finishAll(): Promise<void> {
    for (let i = 0; i < 10; i += 1) {
      this.#finish.shift()?.();
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
  }
}

test('runs no step where nothing is to be done', async () => {
  const lamp = new Lamp();
  await lamp.reconciler.run();
  expect(lamp.steps).toEqual([]);
});

test('the last wish wins, and steps never overlap', async () => {
  const lamp = new Lamp();
  const first = lamp.want('red');
  await Promise.resolve();
  await Promise.resolve();
  void lamp.want('green');
  const last = lamp.want('blue');
  await lamp.finishAll();
  await Promise.all([first, last]);
  expect(lamp.steps).toEqual(['red', 'blue']);
  expect(lamp.actual).toBe('blue');
  expect(lamp.most).toBe(1);
});

test('wishes that are made together are one step', async () => {
  const lamp = new Lamp();
  void lamp.want('red');
  const last = lamp.want('blue');
  await lamp.finishAll();
  await last;
  expect(lamp.steps).toEqual(['blue']);
});

test('a step that throws ends the run, and the next run goes on', async () => {
  let broken = true;
  let done = false;
  const reconciler = new Reconciler(() => {
    if (done) return null;
    if (broken) return Promise.reject(new Error('broken'));
    done = true;
    return Promise.resolve();
  });
  await expect(reconciler.run()).rejects.toThrow('broken');
  broken = false;
  await reconciler.run();
  expect(done).toBe(true);
});

test('a wish right after the last step is not lost', async () => {
  const lamp = new Lamp();
  const first = lamp.want('red').then(() => lamp.want('blue'));
  await lamp.finishAll();
  await first;
  expect(lamp.actual).toBe('blue');
});
