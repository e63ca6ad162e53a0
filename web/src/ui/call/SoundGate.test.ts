import { beforeEach, expect, test } from 'vitest';
import { SoundGate } from './SoundGate';

/** A video of which only what the gate touches is there. */
class FakeVideo {
  muted = false;
  srcObject: unknown = null;
  plays = 0;
  /** The browser lets no sound out before a press. */
  isBlocked = false;

  play(): Promise<void> {
    this.plays += 1;
    const isRefused = this.isBlocked && !this.muted;
    return isRefused
      ? Promise.reject(new DOMException('a press first', 'NotAllowedError'))
      : Promise.resolve();
  }
}

let gate: SoundGate;

beforeEach(() => {
  gate = new SoundGate();
});

function admitted(isBlocked = false): { readonly fake: FakeVideo; readonly video: HTMLVideoElement } {
  const fake = Object.assign(new FakeVideo(), { isBlocked });
  const video = fake as unknown as HTMLVideoElement;
  gate.admit(video, {} as MediaStream);
  return { fake, video };
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

test('one who was silenced is not heard, and is again when they unmute themselves', () => {
  const { fake, video } = admitted();
  gate.silence(video, true);
  expect(fake.muted).toBe(true);
  gate.silence(video, false);
  expect(fake.muted).toBe(false);
});

test('a press that lets the sound out does not unmute one who was silenced', async () => {
  const silenced = admitted(true);
  const other = admitted(true);
  await settled();
  expect(gate.store.getState().isBlocked).toBe(true);
  gate.silence(silenced.video, true);
  other.fake.isBlocked = false;
  gate.open();
  expect(silenced.fake.muted).toBe(true);
  expect(other.fake.muted).toBe(false);
});

test('one who is silenced no more stays unheard while the browser wants a press', async () => {
  const { fake, video } = admitted(true);
  await settled();
  gate.silence(video, true);
  gate.silence(video, false);
  expect(fake.muted).toBe(true);
});

test('silencing one leaves the others alone', () => {
  const one = admitted();
  const other = admitted();
  gate.silence(one.video, true);
  expect(other.fake.muted).toBe(false);
});
