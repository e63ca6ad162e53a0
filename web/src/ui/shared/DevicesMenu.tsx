import Check from 'lucide-react/icons/check';
import Settings2 from 'lucide-react/icons/settings-2';
import { useId } from 'react';
import type { DeviceChoice } from '../../rtc/LocalMedia';
import { strings } from '../../lib/strings';
import { useCall, useSession } from '../useCall';
import { Control } from './Control';
import css from './DevicesMenu.module.css';
import { useMenu } from './useMenu';

/** The control "Devices" and its menu: which microphone, camera and speaker. Stands in a bar, and opens
 *  above it. */
export function DevicesMenu() {
  const { media } = useSession();
  const { devices, microphone, camera, speakerId } = useCall((state) => state.media);
  const { isOpen, button, menu, toggle, close, onKeyDown } = useMenu();
  const choose = (act: (id: string) => void) => (id: string) => {
    act(id);
    close();
  };
  return (
    <>
      <Control
        ref={button}
        icon={<Settings2 aria-hidden="true" />}
        label={strings.devices.button}
        look={isOpen ? 'on' : 'plain'}
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
          aria-label={strings.devices.button}
          onKeyDown={onKeyDown}
        >
          <Choices
            kind={strings.devices.microphone}
            choices={devices.microphones}
            chosen={microphone.deviceId}
            onChoose={choose((id) => {
              media.chooseMicrophone(id);
            })}
          />
          <Choices
            kind={strings.devices.camera}
            choices={devices.cameras}
            chosen={camera.deviceId}
            onChoose={choose((id) => {
              media.chooseCamera(id);
            })}
          />
          {devices.speakers.length > 0 && (
            <Choices
              kind={strings.devices.speaker}
              choices={devices.speakers}
              chosen={speakerId}
              onChoose={choose((id) => {
                media.chooseSpeaker(id);
              })}
            />
          )}
        </div>
      )}
    </>
  );
}

interface ChoicesProps {
  readonly kind: string;
  readonly choices: readonly DeviceChoice[];
  /** null: the browser's default, which it lists first. */
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}

function Choices({ kind, choices, chosen, onChoose }: ChoicesProps) {
  const headingId = useId();
  // Before the browser has allowed devices it lists them without ids.
  const known = choices.filter(({ id }) => id !== '');
  const current = known.some(({ id }) => id === chosen) ? chosen : known[0]?.id;
  return (
    <div role="group" aria-labelledby={headingId} className={css['group']}>
      <p id={headingId} className={css['kind']}>
        {kind}
      </p>
      {known.map(({ id, label }, place) => (
        <button
          key={id}
          type="button"
          role="menuitemradio"
          aria-checked={id === current}
          tabIndex={-1}
          onClick={() => {
            onChoose(id);
          }}
        >
          <span dir="auto">{label || strings.devices.unnamed(kind, place + 1)}</span>
          {id === current && <Check aria-hidden="true" />}
        </button>
      ))}
      {known.length === 0 && (
        <p className={css['none']}>{choices.length === 0 ? strings.devices.none : strings.devices.hidden}</p>
      )}
    </div>
  );
}
