import { createStore, type StoreApi } from 'zustand/vanilla';
import { LocalMedia, type MediaChoice } from '../rtc/LocalMedia';
import type { CallState } from './callState';

export interface CallSessionOptions {
  readonly roomId: string;
  readonly mediaChoice: MediaChoice;
  /** Called whenever a choice of device, microphone or camera is to be kept for the next visit. */
  readonly onRemember: (choice: MediaChoice) => void;
  /** The server's origin; the page's own by default. */
  readonly baseUrl?: string;
}

export class CallSession {
  readonly store: StoreApi<CallState> = createStore<CallState>(() => {
    throw new Error('being written');
  });
  readonly media: LocalMedia;

  constructor(options: CallSessionOptions) {
    this.media = new LocalMedia(options.mediaChoice, options.onRemember);
  }
  open(): void {}
  join(_name: string): Promise<void> {
    return Promise.resolve();
  }
  leave(): void {}
  rejoin(): Promise<void> {
    return Promise.resolve();
  }
  retry(): void {}
  end(): void {}
}
