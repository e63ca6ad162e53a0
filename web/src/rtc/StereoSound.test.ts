import { expect, test } from 'vitest';
import { askingForMono, askingForStereo, sayingStereo, saysStereo, StereoSound } from './StereoSound';

const OPUS = [
  'm=audio 9 UDP/TLS/RTP/SAVPF 63 111',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
];
const SDP = ['v=0', ...OPUS, 'm=video 9 UDP/TLS/RTP/SAVPF 96', ...OPUS, ''].join('\r\n');

test('the microphone alone says that it is stereo', () => {
  expect(saysStereo(SDP)).toBe(false);
  const said = sayingStereo(SDP);
  expect(saysStereo(said)).toBe(true);
  expect(said.split('sprop-stereo=1')).toHaveLength(2);
  expect(said.replace(';sprop-stereo=1', '')).toBe(SDP);
  expect(said.indexOf('sprop-stereo')).toBeLessThan(said.indexOf('m=video'));
});

test('stereo is asked for once, and for nothing but Opus', () => {
  const asked = askingForStereo(SDP);
  expect(asked).toContain('a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=128000\r\n');
  expect(askingForStereo(asked)).toBe(asked);
  const unasked = askingForMono(asked);
  expect(unasked).not.toMatch(/stereo|maxaverage/);
  expect(askingForMono(unasked)).toBe(unasked);
  // What one says of oneself asks for nothing, and stays when one asks for nothing.
  expect(askingForMono(sayingStereo(SDP))).toContain('sprop-stereo=1');
  expect(askingForStereo(sayingStereo(SDP))).toContain(';sprop-stereo=1;stereo=1;');
});

test.each([
  ['nothing', ''],
  ['no sound', 'v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n'],
  ['Opus without parameters', 'v=0\r\nm=audio 9 RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n'],
])('%s stays as it is', (_, sdp) => {
  expect(sayingStereo(sdp)).toBe(sdp);
  expect(askingForStereo(sdp)).toBe(sdp);
  expect(saysStereo(sdp)).toBe(false);
});

test('what was offered is told when it was answered', () => {
  const sound = new StereoSound();
  expect(sound.isDue).toBe(false);
  sound.isWanted = true;
  expect(sound.isDue).toBe(true);
  sound.telling({ type: 'answer', sdp: SDP } as RTCSessionDescription);
  sound.answered();
  expect(sound.isDue).toBe(true);
  expect(saysStereo(sound.telling({ type: 'offer', sdp: SDP } as RTCSessionDescription))).toBe(true);
  expect(sound.isDue).toBe(true);
  sound.answered();
  expect(sound.isDue).toBe(false);
  // Nothing of it is known on another connection.
  sound.startOver();
  expect(sound.isDue).toBe(true);
});
