import { useId } from 'react';
import { strings } from '../../lib/strings';
import field from '../shared/Field.module.css';

interface PasscodeFieldProps {
  readonly passcode: string;
  readonly onPasscode: (passcode: string) => void;
}

/** For rooms that have one. */
export default function PasscodeField({ passcode, onPasscode }: PasscodeFieldProps) {
  const id = useId();
  return (
    <div>
      <label className={field['label']} htmlFor={id}>
        {strings.lobby.passcode}
      </label>
      <div className={field['field']}>
        <input
          id={id}
          type="password"
          autoComplete="off"
          enterKeyHint="go"
          maxLength={64}
          value={passcode}
          onChange={(event) => {
            onPasscode(event.target.value);
          }}
        />
      </div>
    </div>
  );
}
