/** The first picture of a link is sent small. A browser begins at 300 kbit/s: it drops whole frames until the
 *  picture fits that, with 1280x720 three or four of them, and it spreads the packets of a frame over the
 *  time that they would take. Small, the first frame is there 100 ms earlier. */

/** In pixels. */
const FIRST_PIXELS = 320 * 240;

/** By how much to scale a track's picture down at first; a whole number, which encoders like best. */
export function firstScale(track: Pick<MediaStreamTrack, 'getSettings'> | null | undefined): number {
  const { width = 0, height = 0 } = track?.getSettings() ?? {};
  return Math.max(1, Math.ceil(Math.sqrt((width * height) / FIRST_PIXELS)));
}
