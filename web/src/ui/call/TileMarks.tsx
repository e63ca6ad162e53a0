import Hand from 'lucide-react/icons/hand';
import { strings } from '../../lib/callStrings';
import { classes } from '../shared/classes';
import { REACTION_ICONS } from './reactionIcons';
import { useTalkState } from './talk';
import css from './TileMarks.module.css';

interface TileMarksProps {
  readonly id: string;
  readonly isHandUp: boolean;
  /** The picture fills the stage, and its edge lies under the top line. */
  readonly isFull?: boolean;
}

/** On a tile: a raised hand, and for a moment what somebody feels. */
export function TileMarks({ id, isHandUp, isFull = false }: TileMarksProps) {
  const shown = useTalkState(({ reactions }) => reactions.get(id) ?? null);
  const Icon = shown === null ? null : REACTION_ICONS[shown.reaction];
  return (
    <div className={classes(css['marks'], isFull && css['full'])}>
      {isHandUp && (
        <span className={css['hand']}>
          <Hand role="img" aria-label={strings.talk.handIsUp} />
        </span>
      )}
      {Icon !== null && shown !== null && (
        <span className={css['reaction']} key={shown.number} data-reaction={shown.reaction}>
          <Icon role="img" aria-label={strings.talk.reactions({ reaction: shown.reaction })} />
        </span>
      )}
    </div>
  );
}
