/** Moving pictures in place of cameras: a drawing that sways a little, so that videos are videos. */

const pictures = import.meta.glob<string>('./img/*.webp', { eager: true, query: '?url', import: 'default' });
const FRAMES_PER_SECOND = 8;

export interface Shape {
  readonly width: number;
  readonly height: number;
}

export const LYING: Shape = { width: 960, height: 540 };
export const STANDING: Shape = { width: 540, height: 960 };

/** A stream that shows the named picture of img/, cut to the shape. */
export async function cameraOf(name: string, shape: Shape = LYING): Promise<MediaStream> {
  const picture = await load(pictures[`./img/${name}.webp`] ?? '');
  const canvas = Object.assign(document.createElement('canvas'), shape);
  const paper = canvas.getContext('2d');
  if (paper === null) throw new Error('no canvas');
  const draw = () => {
    const sway = Math.sin(performance.now() / 900) * 4;
    const scale = Math.max(shape.width / picture.width, shape.height / picture.height) * 1.04;
    const width = picture.width * scale;
    const height = picture.height * scale;
    paper.drawImage(picture, (shape.width - width) / 2 + sway, (shape.height - height) * 0.3, width, height);
  };
  draw();
  setInterval(draw, 1000 / FRAMES_PER_SECOND);
  return canvas.captureStream(FRAMES_PER_SECOND);
}

async function load(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}
