/** What a participant can send over a link, each by a transceiver of its own. The order is that of their
 *  m-lines: of two of one kind the first is microphone or camera, the second is of the screen. */
import type { MediaKind } from './LocalMedia';

export const SOURCES = ['audio', 'video', 'screen', 'screenAudio'] as const;

export type Source = (typeof SOURCES)[number];

export function kindOf(source: Source): MediaKind {
  return source === 'audio' || source === 'screenAudio' ? 'audio' : 'video';
}

/** The sources of a kind, in the order of their m-lines. */
export function sourcesOf(kind: string): readonly Source[] {
  return SOURCES.filter((source) => kindOf(source) === kind);
}

/** Where tracks come from; null: there is nothing to send. */
export interface Tracks {
  track(source: Source): MediaStreamTrack | null;
}
