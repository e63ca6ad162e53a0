import { useEffect, useId, useRef } from 'react';
import { strings } from '../../lib/strings';
import field from '../shared/Field.module.css';
import { useCall } from '../useCall';

interface PasscodeFieldProps {
  readonly passcode: string;
  readonly onPasscode: (passcode: string) => void;
}

/** For rooms that have one. After a wrong one it is ready for the next. */
export default function PasscodeField({ passcode, onPasscode }: PasscodeFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const problem = useCall(({ phase }) => (phase.name === 'idle' ? phase.problem : undefined));
  const isRefused = problem?.code === 'passcode_wrong' || problem?.code === 'passcode_needed';
  useEffect(() => {
    // `problem` is another with each try.
    if (problem?.code === 'passcode_wrong' || problem?.code === 'passcode_needed') input.current?.select();
  }, [problem]);
  return (
    <div>
      <label className={field['label']} htmlFor={id}>
        {strings.lobby.passcode}
      </label>
      <div className={field['field']}>
        <input
          ref={input}
          id={id}
          type="password"
          autoComplete="off"
          enterKeyHint="go"
          maxLength={64}
          aria-invalid={isRefused}
          value={passcode}
          onChange={(event) => {
            onPasscode(event.target.value);
          }}
        />
      </div>
    </div>
  );
}
