import { useId } from 'react';
import css from './RoomFields.module.css';

interface CheckFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onCheck: (checked: boolean) => void;
}

/** Something that is so or not. */
export function CheckField({ label, hint, checked, onCheck }: CheckFieldProps) {
  const hintId = useId();
  return (
    <div>
      <label className={css['check']}>
        <input
          type="checkbox"
          checked={checked}
          aria-describedby={hint === undefined ? undefined : hintId}
          onChange={(event) => {
            onCheck(event.target.checked);
          }}
        />
        {label}
      </label>
      {hint !== undefined && (
        <p className={css['below']} id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}
