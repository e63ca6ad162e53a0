import type { CallState } from '../../call/callState';

/** Whether nobody more can come in: as last seen, or else as one was told when trying. */
export function isFull({ lookup, phase }: CallState): boolean {
  if (lookup.name === 'found') return lookup.isFull;
  return lookup.name === 'looking' && phase.name === 'idle' && phase.problem?.code === 'room_full';
}
