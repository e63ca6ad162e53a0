import Settings2 from 'lucide-react/icons/settings-2';
import { useState } from 'react';
import { strings } from '../../lib/strings';
import { Control } from './Control';
import { DeviceOptions } from './DeviceOptions';
import css from './DevicesMenu.module.css';
import { SoundTest } from './SoundTest';
import { useMenu } from './useMenu';

/** The control "Devices" and its menu, open at first: which microphone, camera and speaker, and whether one's network
 *  address is hidden. Stands in a bar, and opens above it. */
export function DevicesMenu() {
  const [isTesting, setTesting] = useState(false);
  const { isOpen, button, menu, toggle, close, onKeyDown } = useMenu({ isOpenAtFirst: true });
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
          <DeviceOptions
            onChosen={close}
            onTest={() => {
              close();
              setTesting(true);
            }}
          />
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
