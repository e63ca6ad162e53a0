import { beforeEach, expect, test } from 'vitest';
import { LinkSender } from './LinkSender';
import type { SendBudget } from './sendBudget';

interface Encoding extends RTCRtpEncodingParameters {
  codec?: RTCRtpCodec;
}

const VP8 = { mimeType: 'video/VP8', clockRate: 90_000 };
const H264 = { mimeType: 'video/H264', clockRate: 90_000 };
const RTX = { mimeType: 'video/rtx', clockRate: 90_000 };
const PICTURE = { active: true, maxKbps: 1_000, scaleDownBy: 1, maxFramerate: 30 };
const BUDGET: SendBudget = { soundKbps: 44, picture: PICTURE, screen: PICTURE, screenSoundKbps: 40 };

/** One that takes parameters when it is told to, as browsers do. */
class FakeSender {
  readonly track = {};
  codecs: RTCRtpCodec[] = [VP8, RTX, H264];
  encoding: Encoding = { active: true };
  /** Each that was set. */
  readonly set: Encoding[] = [];
  refuses: DOMException | null = null;
  /** So often a negotiation comes between asking for parameters and setting them. */
  overtaken = 0;
  #waiting: (() => void)[] = [];

  getParameters(): { codecs: RTCRtpCodec[]; encodings: Encoding[] } {
    const { codec } = this.encoding;
    const rest = this.codecs.filter(({ mimeType }) => mimeType !== codec?.mimeType);
    return { codecs: codec === undefined ? rest : [codec, ...rest], encodings: [{ ...this.encoding }] };
  }

  async setParameters({ encodings: [encoding] }: { encodings: Encoding[] }): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.overtaken-- > 0) throw new DOMException('modified RTCP parameters', 'InvalidModificationError');
    if (this.refuses !== null && encoding?.codec !== undefined) throw this.refuses;
    this.encoding = { ...encoding };
    this.set.push(this.encoding);
  }

  async take(): Promise<void> {
    while (this.#waiting.length > 0) {
      for (const resolve of this.#waiting.splice(0)) resolve();
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    }
  }

  get actives(): (boolean | undefined)[] {
    return this.set.map(({ active }) => active);
  }
}

let errors: unknown[];
let fake: FakeSender;
let sender: LinkSender;

beforeEach(async () => {
  errors = [];
  fake = new FakeSender();
  sender = new LinkSender((error) => errors.push(error));
  sender.use('video', fake as unknown as RTCRtpSender);
  sender.setBudget(BUDGET);
  await fake.take();
  fake.set.length = 0;
});

test('while the link is lost no picture is sent, by another codec; after it by the usual one', async () => {
  for (let loss = 0; loss < 3; loss += 1) {
    sender.setLost(true);
    await fake.take();
    expect(fake.encoding).toMatchObject({ active: false, codec: H264 });
    sender.setBudget({ ...BUDGET, picture: { ...PICTURE, maxKbps: 300 + loss } });
    await fake.take();
    expect(fake.encoding).toMatchObject({ active: false, codec: H264 });
    sender.setLost(false);
    await fake.take();
    expect(fake.encoding).toMatchObject({ active: true, codec: VP8, maxBitrate: 1_000 * (300 + loss) });
  }
});

test('a picture that is paused stays so', async () => {
  sender.setBudget({ ...BUDGET, picture: { ...PICTURE, active: false } });
  sender.setLost(true);
  await fake.take();
  sender.setLost(false);
  await fake.take();
  expect(fake.encoding.active).toBe(false);
});

test('a browser that does not tell its codecs, or has one, only stops the picture', async () => {
  fake.codecs = [VP8, RTX];
  sender.setLost(true);
  await fake.take();
  expect(fake.encoding).toMatchObject({ active: false });
  expect(fake.encoding.codec).toBeUndefined();
});

test('a codec that may not be had is done without', async () => {
  fake.refuses = new DOMException('not negotiated', 'InvalidModificationError');
  sender.setLost(true);
  await fake.take();
  sender.setLost(false);
  await fake.take();
  expect(errors).toHaveLength(1);
  expect(fake.encoding).toMatchObject({ active: true });
});

test('a negotiation that comes between costs nothing', async () => {
  fake.overtaken = 1;
  sender.setBudget({ ...BUDGET, picture: { ...PICTURE, maxKbps: 700 } });
  await fake.take();
  fake.overtaken = 1;
  void sender.refreshPicture('video');
  await fake.take();
  expect(fake.encoding).toMatchObject({ active: true, maxBitrate: 700_000 });
  expect(errors).toEqual([]);
});

test('a picture that is to begin anew while parameters are set does so afterwards', async () => {
  sender.setLost(true);
  await fake.take();
  fake.set.length = 0;
  sender.setLost(false);
  void sender.refreshPicture('video');
  await fake.take();
  expect(fake.actives).toEqual([true, false, true]);
});

test('what is wanted while another thing is done is not lost by a new beginning', async () => {
  sender.setBudget({ ...BUDGET, picture: { ...PICTURE, maxKbps: 700 } });
  sender.setBudget({ ...BUDGET, picture: { ...PICTURE, maxKbps: 500 } });
  void sender.refreshPicture('video');
  await fake.take();
  expect(fake.encoding).toMatchObject({ active: true, maxBitrate: 500_000 });
  void sender.refreshPicture('video');
  void sender.refreshPicture('video');
  sender.setLost(true);
  await fake.take();
  expect(fake.encoding).toMatchObject({ active: false, codec: H264 });
});

test('what is not sent is not begun anew', async () => {
  sender.setLost(true);
  await fake.take();
  fake.set.length = 0;
  await sender.refreshPicture('video');
  expect(fake.set).toEqual([]);
});
