import Settings2 from 'lucide-react/icons/settings-2';
import { useState } from 'react';
import { strings } from '../../lib/strings';
import { loadInside } from '../loadInside';
import { Control } from './Control';
import type { DeviceOptions } from './DeviceOptions';
import css from './DevicesMenu.module.css';
import { useMenu } from './useMenu';

/** The control "Devices" and its menu: which microphone, camera and speaker, and whether one's network
 *  address is hidden. Stands in a bar, and opens above it. What is in it is loaded by then. */
export function DevicesMenu() {
  const [Options, setOptions] = useState<typeof DeviceOptions | null>(null);
  const { isOpen, button, menu, toggle, close, onKeyDown } = useMenu(Options === null ? '' : 'options');
  const open = () => {
    toggle();
    void loadInside().then((inside) => {
      setOptions(() => inside.DeviceOptions);
    });
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
          onKeyDown={onKeyDown}
        >
          {Options === null ? <p className={css['none']}>{strings.moment}</p> : <Options onChosen={close} />}
        </div>
      )}
    </>
  );
}
