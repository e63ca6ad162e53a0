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

/** A screen of text and a drawing. */
export function plan(): MediaStream {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1600, height: 1000 });
  const paper = canvas.getContext('2d');
  if (paper === null) throw new Error('no canvas');
  const draw = () => {
    paper.fillStyle = '#f6f1e6';
    paper.fillRect(0, 0, 1600, 1000);
    paper.fillStyle = '#2b2620';
    paper.font = '600 56px system-ui';
    paper.fillText('Planting plan, spring', 90, 128);
    paper.font = '27px system-ui';
    paper.fillText('Allotment 12. One square is one metre.', 90, 180);
    const beds: readonly (readonly [string, string, number, number, number, number])[] = [
      ['Apple', '#8fb08a', 90, 240, 272, 408],
      ['Carrots', '#d98f63', 430, 240, 340, 136],
      ['Beans', '#c8bf6a', 430, 444, 340, 204],
      ['Dahlias', '#b7747a', 838, 240, 272, 272],
      ['Pond', '#7b9aa0', 838, 580, 272, 340],
    ];
    for (const [name, colour, x, y, width, height] of beds) {
      paper.fillStyle = colour;
      paper.fillRect(x, y, width, height);
      paper.fillStyle = '#231e18';
      paper.fillText(name, x + 22, y + 46);
    }
  };
  draw();
  setInterval(draw, 1000 / FRAMES_PER_SECOND);
  return canvas.captureStream(FRAMES_PER_SECOND);
}
