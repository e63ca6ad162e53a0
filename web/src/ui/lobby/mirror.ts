import type { DeviceProblem, MediaState } from '../../rtc/LocalMedia';

/** What stands in the mirror of the lobby. */
export type Mirror =
  | { readonly name: 'unknown' | 'starting' | 'off' | 'refused' | 'insecure' }
  | { readonly name: 'picture'; readonly stream: MediaStream }
  /** The browser has not been asked; `again` where it was and the question was put aside. */
  | { readonly name: 'ask'; readonly again: boolean }
  /** The browser's question is open. */
  | { readonly name: 'asking' }
  | { readonly name: 'failed'; readonly problem: DeviceProblem };

export function mirrorOf({ permission, camera, microphone, preview }: MediaState): Mirror {
  const isProblem = (problem: DeviceProblem) => camera.problem === problem || microphone.problem === problem;
  if (isProblem('insecure_page')) return { name: 'insecure' };
  if (camera.state === 'on' && preview !== null) return { name: 'picture', stream: preview };
  const isStarting = camera.state === 'starting' || microphone.state === 'starting';
  if (permission === 'prompt' && isStarting) return { name: 'asking' };
  if (permission === 'denied') return { name: 'refused' };
  if (permission === 'prompt' && (camera.wanted || microphone.wanted)) {
    return { name: 'ask', again: isProblem('permission_denied') };
  }
  if (!camera.wanted) return { name: 'off' };
  if (camera.problem === 'permission_denied') return { name: 'refused' };
  if (camera.problem !== null) return { name: 'failed', problem: camera.problem };
  return { name: permission === 'unknown' ? 'unknown' : 'starting' };
}

/** Whether the others would neither see nor hear one. */
export function sendsNothing({ camera, microphone }: MediaState): boolean {
  const isSilent = ({ wanted, problem }: MediaState['camera']) => !wanted || problem !== null;
  return isSilent(camera) && isSilent(microphone);
}
