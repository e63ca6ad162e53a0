import Activity from 'lucide-react/icons/activity';
import Check from 'lucide-react/icons/check';
import ChevronLeft from 'lucide-react/icons/chevron-left';
import DoorOpen from 'lucide-react/icons/door-open';
import Ellipsis from 'lucide-react/icons/ellipsis';
import Keyboard from 'lucide-react/icons/keyboard';
import Link from 'lucide-react/icons/link';
import Maximize from 'lucide-react/icons/maximize';
import Settings2 from 'lucide-react/icons/settings-2';
import { useId, useState } from 'react';
import { ownRole } from '../../call/chair';
import type { StageView } from '../../call/scene';
import { strings } from '../../lib/callStrings';
import { linkOpens } from '../../lib/callPhrases';
import { linkTo } from '../../lib/route';
import { classes } from '../shared/classes';
import { Control } from '../shared/Control';
import { DeviceOptions } from '../shared/DeviceOptions';
import { SoundTest } from '../shared/SoundTest';
import css from '../shared/DevicesMenu.module.css';
import { FlipCamera } from '../shared/FlipCamera';
import { useMenu } from '../shared/useMenu';
import { useCall } from '../useCall';
import { canFillScreen, toggleFullScreen } from './commands';
import { copyLink } from './copyLink';
import chat from './ChatControl.module.css';
import { OWN, useDetails } from './Details';
import { Farewell } from './Farewell';
import { ForPhones } from './ForPhones';
import { Item } from './Item';
import type { NoticeBoard } from './NoticeBoard';
import { ShareLook } from './ShareLook';
import { useStageChoice, useStageControl } from './StageChoice';

interface MoreMenuProps {
  readonly board: NoticeBoard;
  readonly showKeys: () => void;
  /** Given: the bar has no room for more than five, and the rest is here. */
  readonly onPeople: (() => void) | null;
  /** Show the settings of the room. */
  readonly onRoom: () => void;
}

/** The control "More" and its menu: what one seldom needs. */
export function MoreMenu({ board, showKeys, onPeople, onRoom }: MoreMenuProps) {
  const hidden = useCall((state) => (onPeople === null ? 0 : state.knocks.length));
  const [part, setPart] = useState<'all' | 'devices'>('all');
  const [isTesting, setTesting] = useState(false);
  const { isOpen, button, menu, toggle, close, onKeyDown } = useMenu({ part });
  return (
    <>
      <Control
        ref={button}
        icon={
          <>
            <Ellipsis aria-hidden="true" />
            {hidden > 0 && (
              <i className={chat['count']} aria-hidden="true">
                {hidden}
              </i>
            )}
          </>
        }
        label={strings.controls.more}
        {...(hidden > 0 && {
          'aria-label': `${strings.controls.more}, ${strings.door.many({ count: hidden })}`,
        })}
        look={isOpen ? 'on' : 'plain'}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => {
          setPart('all');
          toggle();
        }}
      />
      {isOpen && (
        <div
          ref={menu}
          className={classes(css['menu'], css['aboveMore'])}
          role="menu"
          tabIndex={-1}
          aria-label={part === 'all' ? strings.controls.more : strings.controls.devices}
          onKeyDown={onKeyDown}
        >
          {part === 'all' ? (
            <Everything
              board={board}
              close={close}
              showKeys={showKeys}
              onPeople={onPeople}
              onRoom={onRoom}
              showDevices={() => {
                setPart('devices');
              }}
            />
          ) : (
            <>
              <Item
                icon={<ChevronLeft aria-hidden="true" className={css['mirrored']} />}
                label={strings.controls.back}
                onPress={() => {
                  setPart('all');
                }}
              />
              <DeviceOptions
                onChosen={close}
                onTest={() => {
                  close();
                  setTesting(true);
                }}
              />
            </>
          )}
          <Farewell />
        </div>
      )}
      {isTesting && (
        <SoundTest
          onGone={() => {
            setTesting(false);
          }}
        />
      )}
    </>
  );
}

interface EverythingProps extends MoreMenuProps {
  readonly close: () => void;
  readonly showDevices: () => void;
}

function Everything({ board, close, showKeys, showDevices, onPeople, onRoom }: EverythingProps) {
  const roomId = useCall((state) => state.roomId);
  const opens = linkOpens(useCall((state) => state.room?.settings));
  const isHost = useCall((state) => ownRole(state) === 'host');
  const details = useDetails();
  const then = (act: () => void) => () => {
    close();
    act();
  };
  return (
    <>
      {onPeople !== null && (
        <>
          <ForPhones then={then} onPeople={onPeople} />
          <ShareLook />
        </>
      )}
      <div role="group" className={css['group']}>
        <FlipCamera onFlipped={close} />
        <Item
          icon={<Link aria-hidden="true" />}
          label={strings.controls.copyLink}
          onPress={then(() => void copyLink(linkTo(roomId, location.origin), opens, board))}
        />
        <Item
          icon={<Settings2 aria-hidden="true" />}
          label={strings.controls.devices}
          onPress={showDevices}
        />
        {isHost && (
          <Item
            icon={<DoorOpen aria-hidden="true" />}
            label={strings.people.settings}
            onPress={then(onRoom)}
          />
        )}
        <Item
          icon={<Activity aria-hidden="true" />}
          label={strings.controls.connection}
          onPress={then(() => {
            details.toggle(OWN);
          })}
        />
      </div>
      <Views />
      <div role="group" className={css['group']}>
        {canFillScreen() && (
          <Item
            icon={<Maximize aria-hidden="true" />}
            label={strings.stage.fullScreen}
            onPress={then(toggleFullScreen)}
          />
        )}
        <Item icon={<Keyboard aria-hidden="true" />} label={strings.controls.keys} onPress={then(showKeys)} />
      </div>
    </>
  );
}

/** How the stage is laid out; stays open, so that one sees what it does. */
function Views() {
  const headingId = useId();
  const control = useStageControl();
  const { view, isOwnHidden } = useStageChoice((choice) => choice);
  return (
    <div role="group" aria-labelledby={headingId} className={css['group']}>
      <p id={headingId} className={css['kind']}>
        {strings.stage.view}
      </p>
      {Object.entries(strings.stage.views).map(([key, label]) => (
        <button
          key={key}
          type="button"
          role="menuitemradio"
          aria-checked={view === key}
          tabIndex={-1}
          onClick={() => {
            control.setView(key as StageView);
          }}
        >
          {label}
          {view === key && <Check aria-hidden="true" />}
        </button>
      ))}
      <button
        type="button"
        role="menuitemcheckbox"
        aria-checked={isOwnHidden}
        tabIndex={-1}
        onClick={() => {
          control.toggleOwn();
        }}
      >
        {strings.stage.hideOwn}
        {isOwnHidden && <Check aria-hidden="true" />}
      </button>
    </div>
  );
}
