import type { LinkView } from '../../call/callState';
import type { Cell } from '../../call/layout';
import type { CSSProperties } from 'react';

/** What is said in the middle of a tile; null while all is well. */
export type LinkStatus = 'connecting' | 'reconnecting' | 'failed' | null;

/** Whether the server can see somebody says nothing of their picture: only the link counts. */
export function statusOf(link: LinkView | undefined): LinkStatus {
  if (link === undefined) return 'connecting';
  return link.state === 'connected' ? null : link.state;
}

/** Where a tile stands. Logical, so that the order turns with the direction of writing. */
export function placed(cell: Cell): CSSProperties {
  return {
    insetInlineStart: cell.x,
    insetBlockStart: cell.y,
    inlineSize: cell.width,
    blockSize: cell.height,
  };
}

/** A picture that does not fill its tile stands in the middle of it. `filled`: the share of the tile's height. */
export function heightOf(filled: number): CSSProperties | undefined {
  return filled < 1 ? { blockSize: `${filled * 100}%`, marginBlock: 'auto' } : undefined;
}
