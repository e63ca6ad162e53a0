import Hand from 'lucide-react/icons/hand';
import { handOf, REACTIONS } from '../../call/Talk';
import { strings } from '../../lib/callStrings';
import { Control } from '../shared/Control';
import { useMenu } from '../shared/useMenu';
import { useCall } from '../useCall';
import css from './ReactControl.module.css';
import { Farewell } from './Farewell';
import { REACTION_ICONS } from './reactionIcons';
import { useTalk } from './talk';

/** One's hand, and what one feels: a small menu above the bar. */
export function ReactControl() {
  const talk = useTalk();
  const isRaised = useCall((call) => handOf(call) !== null);
  const { isOpen, button, menu, toggle, close, onKeyDown } = useMenu();
  return (
    <>
      <Control
        ref={button}
        icon={<Hand aria-hidden="true" />}
        label={isRaised ? strings.talk.handUp : strings.talk.react}
        look={isRaised || isOpen ? 'on' : 'plain'}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={toggle}
      />
      {isOpen && (
        <div
          ref={menu}
          className={css['menu']}
          role="menu"
          tabIndex={-1}
          aria-label={strings.talk.react}
          onKeyDown={onKeyDown}
        >
          <button
            type="button"
            role="menuitemcheckbox"
            aria-checked={isRaised}
            aria-keyshortcuts="h"
            className={css['hand']}
            onClick={() => {
              talk.raiseHand(!isRaised);
              close();
            }}
          >
            <Hand aria-hidden="true" />
            {isRaised ? strings.talk.lowerHand : strings.talk.raiseHand}
          </button>
          {REACTIONS.map((reaction) => {
            const Icon = REACTION_ICONS[reaction];
            const label = strings.talk.reactions({ reaction });
            return (
              <button
                key={reaction}
                type="button"
                role="menuitem"
                aria-label={label}
                title={label}
                onClick={() => {
                  talk.react(reaction);
                  close();
                }}
              >
                <Icon aria-hidden="true" />
              </button>
            );
          })}
          <Farewell />
        </div>
      )}
    </>
  );
}
