import PhoneOff from 'lucide-react/icons/phone-off';
import { others } from '../../call/callState';
import { ownRole } from '../../call/chair';
import { strings } from '../../lib/callStrings';
import { classes } from '../shared/classes';
import { Control } from '../shared/Control';
import css from '../shared/DevicesMenu.module.css';
import { useMenu } from '../shared/useMenu';
import { useCall, useSession } from '../useCall';
import { Farewell } from './Farewell';
import type { NoticeBoard } from './NoticeBoard';
import { useAsk } from './useAsk';

/** Leaves at once. A host who is not alone chooses: to go, or to end the call for all. */
export function LeaveControl({ board }: { readonly board: NoticeBoard }) {
  const session = useSession();
  const ask = useAsk(board);
  const hasChoice = useCall((state) => ownRole(state) === 'host' && others(state).length > 0);
  const { isOpen, button, menu, toggle, close, onKeyDown } = useMenu();
  const leave = () => {
    session.leave();
  };
  return (
    <>
      <Control
        ref={button}
        icon={<PhoneOff aria-hidden="true" />}
        label={strings.call.leave}
        look="leave"
        {...(hasChoice && { 'aria-haspopup': 'menu', 'aria-expanded': isOpen })}
        onClick={hasChoice ? toggle : leave}
      />
      {isOpen && hasChoice && (
        <div
          ref={menu}
          className={classes(css['menu'], css['atEnd'])}
          role="menu"
          tabIndex={-1}
          aria-label={strings.call.leave}
          onKeyDown={onKeyDown}
        >
          <Choice label={strings.call.leave} note={strings.leaving.note} onPress={leave} />
          <Choice
            label={strings.people.endSure}
            note={strings.people.endAsk}
            onPress={() => {
              close();
              void ask('endForAll', {});
            }}
          />
          <Farewell />
        </div>
      )}
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly note: string;
  readonly onPress: () => void;
}

function Choice({ label, note, onPress }: ChoiceProps) {
  return (
    <button type="button" role="menuitem" className={css['item']} tabIndex={-1} onClick={onPress}>
      <span>
        <b>{label}</b>
        <small>{note}</small>
      </span>
    </button>
  );
}
