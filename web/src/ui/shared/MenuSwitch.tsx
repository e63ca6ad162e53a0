import Check from 'lucide-react/icons/check';
import { useId } from 'react';
import css from './DevicesMenu.module.css';

interface MenuSwitchProps {
  /** Of the part of the menu. */
  readonly heading: string;
  readonly label: string;
  readonly note: string;
  readonly isOn: boolean;
  /** The note says why. */
  readonly isDead?: boolean;
  readonly onPress: () => void;
}

/** What is on or off, as a part of a menu. */
export function MenuSwitch({ heading, label, note, isOn, isDead = false, onPress }: MenuSwitchProps) {
  const noteId = useId();
  return (
    <div role="group" aria-label={heading} className={css['group']}>
      <p className={css['kind']}>{heading}</p>
      <button
        type="button"
        role="menuitemcheckbox"
        aria-label={label}
        aria-checked={isOn}
        aria-disabled={isDead}
        aria-describedby={noteId}
        tabIndex={-1}
        onClick={() => {
          if (!isDead) onPress();
        }}
      >
        <span>
          {label}
          <small id={noteId}>{note}</small>
        </span>
        {isOn && <Check aria-hidden="true" />}
      </button>
    </div>
  );
}
