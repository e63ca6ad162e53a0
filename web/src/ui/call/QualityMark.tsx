import type { Quality } from '../../rtc/linkQuality';
import { strings } from '../../lib/callStrings';
import { classes } from '../shared/classes';
import { useDetails, type Subject } from './Details';
import css from './QualityMark.module.css';

interface QualityMarkProps {
  readonly subject: Subject;
  readonly quality: Quality;
  /** Of whose connection; null: one's own. */
  readonly name: string | null;
  /** Stands in a tile's corner, and hides there while all is well and nobody points at the tile. */
  readonly isOnTile?: boolean;
}

const BARS = { poor: 1, fair: 2, good: 3 } as const satisfies Readonly<Record<Quality, number>>;

/** How good a connection is, as three bars. A press shows the numbers. */
export function QualityMark({ subject, quality, name, isOnTile = false }: QualityMarkProps) {
  const details = useDetails();
  const words =
    name === null ? strings.quality.ownMark({ quality }) : strings.quality.mark({ quality, name });
  return (
    <button
      type="button"
      className={classes(css['mark'], isOnTile && css['onTile'])}
      data-quality={quality}
      aria-label={words}
      title={words}
      aria-expanded={details.subject === subject}
      onClick={() => {
        details.toggle(subject);
      }}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        {[0, 1, 2].map((bar) => (
          <path
            key={bar}
            d={`M${5 + bar * 7} 20v-${4 + bar * 6}`}
            className={bar < BARS[quality] ? undefined : css['empty']}
          />
        ))}
      </svg>
    </button>
  );
}
