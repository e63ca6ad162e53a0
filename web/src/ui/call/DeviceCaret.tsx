import ChevronUp from 'lucide-react/icons/chevron-up';
import { useState } from 'react';
import { strings } from '../../lib/callStrings';
import { classes } from '../shared/classes';
import { DeviceOptions } from '../shared/DeviceOptions';
import menuCss from '../shared/DevicesMenu.module.css';
import { SoundTest } from '../shared/SoundTest';
import { useMenu } from '../shared/useMenu';
import css from './ControlBar.module.css';
import { Farewell } from './Farewell';

/** Beside the button of a microphone or camera: which one it is. Where there is no room for it, or a finger could not
 *  hit it, the same is under More. */
export function DeviceCaret({ part }: { readonly part: 'sound' | 'camera' }) {
  const { isOpen, button, menu, toggle, close, onKeyDown } = useMenu();
  const [isTesting, setTesting] = useState(false);
  const label = strings.deviceMenu.choose({ part });
  return (
    <>
      <button
        ref={button}
        type="button"
        className={css['caret']}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={toggle}
      >
        <ChevronUp aria-hidden="true" />
      </button>
      {isOpen && (
        <div
          ref={menu}
          className={classes(menuCss['menu'], menuCss['atStart'])}
          role="menu"
          tabIndex={-1}
          aria-label={label}
          onKeyDown={onKeyDown}
        >
          <DeviceOptions
            part={part}
            onChosen={close}
            onTest={() => {
              close();
              setTesting(true);
            }}
          />
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
