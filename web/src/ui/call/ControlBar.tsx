import MicOff from 'lucide-react/icons/mic-off';
import Video from 'lucide-react/icons/video';
import VideoOff from 'lucide-react/icons/video-off';
import { memo } from 'react';
import { strings } from '../../lib/callStrings';
import { classes } from '../shared/classes';
import control from '../shared/Control.module.css';
import { useCall, useSession } from '../useCall';
import css from './ControlBar.module.css';
import { ChatControl } from './ChatControl';
import { DeviceCaret } from './DeviceCaret';
import { DeviceControl } from './DeviceControl';
import { LeaveControl } from './LeaveControl';
import { MicrophoneIcon } from './MicrophoneIcon';
import { MoreMenu } from './MoreMenu';
import { MutedHint } from './MutedHint';
import type { NoticeBoard } from './NoticeBoard';
import type { PanelChoice } from './panel/usePanel';
import { PeopleControl } from './PeopleControl';
import { ReactControl } from './ReactControl';
import { ShareControl } from './ShareControl';
import { toggleCamera, toggleMicrophone } from './toggles';
import { useIsCompact } from './useIsCompact';

interface ControlBarProps {
  readonly board: NoticeBoard;
  readonly showKeys: () => void;
  readonly panel: PanelChoice;
}

/** The controls of a call. A word says what pressing does. */
export const ControlBar = memo(function ControlBar({ board, showKeys, panel }: ControlBarProps) {
  const session = useSession();
  const microphone = useCall((state) => state.media.microphone);
  const camera = useCall((state) => state.media.camera);
  const isCompact = useIsCompact(panel.shown !== null);
  // The settings of the room, and the ways to invite, are behind the people.
  const isBehind = panel.shown === 'room' || panel.shown === 'invite';
  const isPeopleOpen = panel.shown === 'people' || isBehind;
  const togglePeople = () => {
    panel.toggle(isBehind ? panel.shown : 'people');
  };
  return (
    <nav
      className={classes(control['bar'], css['bar'])}
      aria-label={strings.call.controls}
      data-area
      data-chrome
    >
      <MutedHint />
      <DeviceControl
        device={microphone}
        icons={{ on: <MicrophoneIcon />, off: <MicOff aria-hidden="true" /> }}
        actions={{ stop: strings.call.mute, start: strings.call.unmute }}
        shortcut="m"
        onPress={() => {
          toggleMicrophone(session);
        }}
      />
      {!isCompact && <DeviceCaret part="sound" />}
      <DeviceControl
        device={camera}
        icons={{ on: <Video aria-hidden="true" />, off: <VideoOff aria-hidden="true" /> }}
        actions={{ stop: strings.call.stopVideo, start: strings.call.startVideo }}
        shortcut="v"
        onPress={() => {
          toggleCamera(session);
        }}
      />
      {!isCompact && <DeviceCaret part="camera" />}
      {!isCompact && <ShareControl />}
      {!isCompact && <ReactControl />}
      <span className={css['line']} />
      <ChatControl
        isOpen={panel.shown === 'chat'}
        isComing={panel.coming === 'chat'}
        onToggle={() => {
          panel.toggle('chat');
        }}
      />
      {!isCompact && (
        <PeopleControl isOpen={isPeopleOpen} isComing={panel.coming === 'people'} onToggle={togglePeople} />
      )}
      <MoreMenu
        board={board}
        showKeys={showKeys}
        onPeople={isCompact ? togglePeople : null}
        onRoom={() => {
          if (panel.shown !== 'room') panel.toggle('room');
        }}
      />
      <span className={css['line']} />
      <LeaveControl board={board} />
    </nav>
  );
});
