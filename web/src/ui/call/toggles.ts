import type { Session } from '../Navigation';

/** Starts what is off or has failed, stops what is on; nothing while it starts. */
export function toggleMicrophone({ store, media }: Session): void {
  const { state } = store.getState().media.microphone;
  if (state !== 'starting') media.setMicrophone(state !== 'on');
}

export function toggleCamera({ store, media }: Session): void {
  const { state } = store.getState().media.camera;
  if (state !== 'starting') media.setCamera(state !== 'on');
}

/** Asks what to share, or stops sharing. */
export function toggleScreen({ store, screen }: Session): void {
  const { state } = store.getState().screen;
  if (state === 'on') screen.stop();
  else void screen.start();
}
