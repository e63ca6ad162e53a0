/** What a call session is made of, so that its logic can be tried without a browser and a server. */
import { iceServers, lookUpRoom, type ApiOptions } from '../protocol/api';
import type { PublicIce, RoomView } from '../protocol/messages.gen';
import { SignalingClient, type SignalingHandlers } from '../protocol/SignalingClient';
import { LocalMedia, type MediaChoice } from '../rtc/LocalMedia';
import { PeerLink, type PeerLinkOptions } from '../rtc/PeerLink';
import type { Link } from './LinkSet';

export type Signaling = Pick<
  SignalingClient,
  'connected' | 'open' | 'close' | 'ready' | 'request' | 'tell' | 'onNotice' | 'reconnectNow' | 'restart'
>;

export interface CallParts {
  readonly makeSignaling: (handlers: SignalingHandlers, baseUrl?: string) => Signaling;
  readonly makeMedia: (choice: MediaChoice, onRemember: (choice: MediaChoice) => void) => LocalMedia;
  readonly makeLink: (options: PeerLinkOptions) => Link;
  readonly lookUpRoom: (id: string, options: ApiOptions) => Promise<RoomView>;
  readonly iceServers: (options: ApiOptions) => Promise<PublicIce>;
}

export const realParts: CallParts = {
  makeSignaling: (handlers, baseUrl) => new SignalingClient(handlers, baseUrl),
  makeMedia: (choice, onRemember) => new LocalMedia(choice, onRemember),
  makeLink: (options) => new PeerLink(options),
  lookUpRoom,
  iceServers,
};
