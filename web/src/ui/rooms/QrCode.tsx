import { encode } from 'uqr';
import css from './ShareRoom.module.css';

/** So much of white around it as a camera needs (ISO/IEC 18004, section 6.3.8). */
const QUIET = 4;

/** A text as a QR code, dark on light in both themes, because not every camera reads the reverse. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET });
  const path = data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg className={css['code']} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
}
