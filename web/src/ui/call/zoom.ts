/** Looking closer at a picture: pure rules. The picture is scaled about its middle, and moved by a share of its own
 *  size. */

export interface Zoom {
  /** 1: whole. */
  readonly scale: number;
  /** Of the picture's width and height; 0: the middle is in the middle. */
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
const CLOSEST = 6;

/** Look closer by this factor (or less close, below 1). What is at `point` stays there: a share of the picture's
 *  width and height, from its middle. */
export function zoomed(zoom: Zoom, factor: number, point = { x: 0, y: 0 }): Zoom {
  const scale = Math.min(CLOSEST, Math.max(1, zoom.scale * factor));
  const change = scale / zoom.scale;
  return within({
    scale,
    x: point.x - (point.x - zoom.x) * change,
    y: point.y - (point.y - zoom.y) * change,
  });
}

/** Move by a share of the picture's width and height. */
export function moved(zoom: Zoom, x: number, y: number): Zoom {
  return within({ ...zoom, x: zoom.x + x, y: zoom.y + y });
}

/** Never beyond an edge. */
function within({ scale, x, y }: Zoom): Zoom {
  const most = (scale - 1) / 2;
  const clamp = (value: number) => Math.min(most, Math.max(-most, value));
  return { scale, x: clamp(x), y: clamp(y) };
}
