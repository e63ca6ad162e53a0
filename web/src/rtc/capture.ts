/** Getting tracks from cameras and microphones, as far as they are to be had. */
import type { DeviceProblem, MediaKind } from './LocalMedia';

/** What is wanted: the kinds, each with the id of a device, or null for the browser's default. */
export type CaptureWish = ReadonlyMap<MediaKind, string | null>;

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
      return tracksOf(await mediaDevices.getUserMedia(constraintsOf(wish)));
    } catch (error) {
      const refused = problemOf(error) === 'permission_denied';
      const captured = new Map<MediaKind, MediaStreamTrack | DeviceProblem>();
      for (const [kind, deviceId] of wish) {
        const hopeless = refused && !(await isGranted(kind));
        captured.set(kind, hopeless ? 'permission_denied' : await captureOne(mediaDevices, kind, deviceId));
      }
      return captured;
    }
  }
  const captured = new Map<MediaKind, MediaStreamTrack | DeviceProblem>();
  for (const [kind, deviceId] of wish) {
    captured.set(kind, await captureOne(mediaDevices, kind, deviceId));
  }
  return captured;
}

async function captureOne(
  mediaDevices: Pick<MediaDevices, 'getUserMedia'>,
  kind: MediaKind,
  deviceId: string | null,
): Promise<MediaStreamTrack | DeviceProblem> {
  try {
    const stream = await mediaDevices.getUserMedia(constraintsOf(new Map([[kind, deviceId]])));
    return tracksOf(stream).get(kind) ?? 'device_failed';
  } catch (error) {
    const problem = problemOf(error);
    const isGone = problem === 'no_device' && deviceId !== null;
    return isGone ? captureOne(mediaDevices, kind, null) : problem;
  }
}

function tracksOf(stream: MediaStream): Map<MediaKind, MediaStreamTrack> {
  return new Map(stream.getTracks().map((track) => [track.kind === 'audio' ? 'audio' : 'video', track]));
}

function constraintsOf(wish: CaptureWish): MediaStreamConstraints {
  const audio = wish.get('audio');
  const video = wish.get('video');
  return {
    audio: audio !== undefined && {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      ...exactly(audio),
    },
    video: video !== undefined && {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
      ...exactly(video),
    },
  };
}

function exactly(deviceId: string | null): MediaTrackConstraints {
  return deviceId === null ? {} : { deviceId: { exact: deviceId } };
}
