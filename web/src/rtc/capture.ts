/** Getting tracks from cameras and microphones, as far as they are to be had. */
import type { DeviceProblem, MediaKind } from './LocalMedia';

/** The direction of a phone's camera: to the one who holds it, or away. */
export type Facing = 'user' | 'environment';

/** Which device of a kind, and how. */
export interface DeviceWish {
  /** null: the browser's default. */
  readonly deviceId: string | null;
  readonly facing?: Facing;
  /** Sound as the microphone gives it, for music: in stereo, and nothing taken out. */
  readonly isOriginal?: boolean;
}

export type CaptureWish = ReadonlyMap<MediaKind, DeviceWish>;

/** What came of it, for each kind that was wanted. */
export type Captured = ReadonlyMap<MediaKind, MediaStreamTrack | DeviceProblem>;

/** The code of an error of getUserMedia (W3C Media Capture and Streams, section 10.2.1). */
export function problemOf(error: unknown): DeviceProblem {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'permission_denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'no_device';
    case 'NotReadableError':
    case 'AbortError':
      return 'device_busy';
    default:
      return 'device_failed';
  }
}

/** Capture what is wanted. All in one request, so that the person is asked once; where that fails, each
 *  kind alone, so that a missing camera costs nobody the microphone. A device that is gone gives way to
 *  the browser's default. Never rejects.
 *
 *  `isGranted` is asked after a refusal: only a kind that is granted is tried alone then, for a second
 *  question to somebody who has just said no would be rude. */
export async function capture(
  mediaDevices: Pick<MediaDevices, 'getUserMedia'>,
  wish: CaptureWish,
  isGranted: (kind: MediaKind) => Promise<boolean>,
): Promise<Captured> {
  if (wish.size > 1) {
    try {
      return await tracksFor(mediaDevices, wish);
    } catch (error) {
      const refused = problemOf(error) === 'permission_denied';
      const captured = new Map<MediaKind, MediaStreamTrack | DeviceProblem>();
      for (const [kind, one] of wish) {
        const hopeless = refused && !(await isGranted(kind));
        captured.set(kind, hopeless ? 'permission_denied' : await captureOne(mediaDevices, kind, one));
      }
      return captured;
    }
  }
  const captured = new Map<MediaKind, MediaStreamTrack | DeviceProblem>();
  for (const [kind, one] of wish) {
    captured.set(kind, await captureOne(mediaDevices, kind, one));
  }
  return captured;
}

async function captureOne(
  mediaDevices: Pick<MediaDevices, 'getUserMedia'>,
  kind: MediaKind,
  wish: DeviceWish,
): Promise<MediaStreamTrack | DeviceProblem> {
  try {
    const tracks = await tracksFor(mediaDevices, new Map([[kind, wish]]));
    return tracks.get(kind) ?? 'device_failed';
  } catch (error) {
    const problem = problemOf(error);
    const isGone = problem === 'no_device' && wish.deviceId !== null;
    return isGone ? captureOne(mediaDevices, kind, { ...wish, deviceId: null }) : problem;
  }
}

/** Marks music by its content hint, which those who send it read (W3C MediaStreamTrack Content Hints). */
async function tracksFor(
  mediaDevices: Pick<MediaDevices, 'getUserMedia'>,
  wish: CaptureWish,
): Promise<Map<MediaKind, MediaStreamTrack>> {
  const stream = await mediaDevices.getUserMedia(constraintsOf(wish));
  const tracks = new Map<MediaKind, MediaStreamTrack>();
  for (const track of stream.getTracks()) tracks.set(track.kind === 'audio' ? 'audio' : 'video', track);
  const sound = tracks.get('audio');
  if (sound !== undefined && wish.get('audio')?.isOriginal === true) sound.contentHint = 'music';
  return tracks;
}

function constraintsOf(wish: CaptureWish): MediaStreamConstraints {
  const audio = wish.get('audio');
  const video = wish.get('video');
  const isSpeech = audio?.isOriginal !== true;
  return {
    audio: audio !== undefined && {
      echoCancellation: isSpeech,
      noiseSuppression: isSpeech,
      autoGainControl: isSpeech,
      ...(!isSpeech && { channelCount: { ideal: 2 } }),
      ...exactly(audio.deviceId),
    },
    video: video !== undefined && {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
      ...(video.facing !== undefined && { facingMode: { ideal: video.facing } }),
      ...exactly(video.deviceId),
    },
  };
}

function exactly(deviceId: string | null): MediaTrackConstraints {
  return deviceId === null ? {} : { deviceId: { exact: deviceId } };
}
