import Hand from 'lucide-react/icons/hand';
import ScreenShare from 'lucide-react/icons/screen-share';
import ScreenShareOff from 'lucide-react/icons/screen-share-off';
import Users from 'lucide-react/icons/users';
import { may } from '../../call/may';
import { handOf, REACTIONS } from '../../call/Talk';
import { strings } from '../../lib/callStrings';
import css from '../shared/DevicesMenu.module.css';
import { useCall, useSession } from '../useCall';
import { Item } from './Item';
import { REACTION_ICONS } from './reactionIcons';
import phones from './ForPhones.module.css';
import { useTalk } from './talk';
import { toggleScreen } from './toggles';

interface ForPhonesProps {
  /** Closes the menu first. */
  readonly then: (act: () => void) => () => void;
  readonly onPeople: () => void;
}

/** What stands in the bar where there is room for it, as the first part of More. */
export function ForPhones({ then, onPeople }: ForPhonesProps) {
  const session = useSession();
  const talk = useTalk();
  const isRaised = useCall((call) => handOf(call) !== null);
  const isSharing = useCall((call) => call.screen.state === 'on');
  const mayShare = useCall((call) => call.screen.isPossible && may(call.room, call.selfId, 'share'));
  const knocks = useCall((call) => call.knocks.length);
  const { people, door } = strings;
  return (
    <div role="group" className={css['group']}>
      <div className={phones['reactions']}>
        {REACTIONS.map((reaction) => {
          const Icon = REACTION_ICONS[reaction];
          return (
            <button
              key={reaction}
              type="button"
              role="menuitem"
              tabIndex={-1}
              aria-label={strings.talk.reactions({ reaction })}
              onClick={then(() => {
                talk.react(reaction);
              })}
            >
              <Icon aria-hidden="true" />
            </button>
          );
        })}
      </div>
      <Item
        icon={<Hand aria-hidden="true" />}
        label={isRaised ? strings.talk.lowerHand : strings.talk.raiseHand}
        onPress={then(() => {
          talk.raiseHand(!isRaised);
        })}
      />
      {mayShare && (
        <Item
          icon={isSharing ? <ScreenShareOff aria-hidden="true" /> : <ScreenShare aria-hidden="true" />}
          label={isSharing ? strings.share.stopSharing : strings.share.share}
          onPress={then(() => {
            toggleScreen(session);
          })}
        />
      )}
      <Item
        icon={<Users aria-hidden="true" />}
        label={knocks === 0 ? people.button : `${people.button}, ${door.many({ count: knocks })}`}
        onPress={then(onPeople)}
      />
    </div>
  );
}
