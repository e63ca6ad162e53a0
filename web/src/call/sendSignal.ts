import { codeOf } from '../lib/errors';
import { logger } from '../lib/logger';
import type { Signal } from '../rtc/descriptions';
import type { Signaling } from './parts';

const log = logger('call');

/** Sends what a link has to say to a participant by the server. */
export function sendSignal(signaling: Pick<Signaling, 'request' | 'tell'>, to: string, signal: Signal): void {
  if ('candidates' in signal) {
    signaling.tell('iceCandidate', { to, candidates: signal.candidates });
    return;
  }
  const { description } = signal;
  const event = description.type === 'offer' ? 'offer' : 'answer';
  signaling.request(event, { to, description }).catch((error: unknown) => {
    const code = codeOf(error);
    // Both say that the peer is not there: it is resynced when it is back.
    if (code === 'participant_away' || code === 'server_unreachable') log.debug(String(error));
    else log.warn(String(error));
  });
}
