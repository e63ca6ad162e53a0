import Settings2 from 'lucide-react/icons/settings-2';
import { useState } from 'react';
import { strings } from '../../lib/strings';
import { loadInside } from '../loadInside';
import { Control } from './Control';
import css from './DevicesMenu.module.css';
import { useMenu } from './useMenu';

/** The control "Devices" and its menu: which microphone, camera and speaker, and whether one's network
 *  address is hidden. Stands in a bar, and opens above it. What is in it is loaded by then. */
export function DevicesMenu() {
  const [inside, setInside] = useState<Awaited<ReturnType<typeof loadInside>> | null>(null);
  const [isTesting, setTesting] = useState(false);
  const { isOpen, button, menu, toggle, close, onKeyDown } = useMenu(inside === null ? '' : 'options');
  const open = () => {
    toggle();
    void loadInside().then(setInside);
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
        onClick={open}
      />
      {isOpen && (
        <div
          ref={menu}
          className={css['menu']}
          role="menu"
          tabIndex={-1}
          aria-label={strings.devices.button}
          aria-busy={inside === null}
          onKeyDown={onKeyDown}
        >
          {inside === null ? (
            <p className={css['none']}>{strings.moment}</p>
          ) : (
            <inside.DeviceOptions
              onChosen={close}
              onTest={() => {
                close();
                setTesting(true);
              }}
            />
          )}
        </div>
      )}
      {inside !== null && isTesting && (
        <inside.SoundTest
          onGone={() => {
            setTesting(false);
          }}
        />
      )}
    </>
  );
}
