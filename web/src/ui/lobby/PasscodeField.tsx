import { useEffect, useId, useRef } from 'react';
import { strings } from '../../lib/strings';
import field from '../shared/Field.module.css';
import { useCall, useSession } from '../useCall';

/** Of a passcode: shorter ones are not asked for. */
const LEAST_LENGTH = 4;
/** Who types on has not typed all of it: a wrong one counts. */
const TYPED_AFTER_MS = 1_000;

interface PasscodeFieldProps {
  readonly passcode: string;
  readonly onPasscode: (passcode: string) => void;
}

/** For rooms that have one. After a wrong one it is ready for the next. */
export default function PasscodeField({ passcode, onPasscode }: PasscodeFieldProps) {
  const id = useId();
  const session = useSession();
  const input = useRef<HTMLInputElement>(null);
  const problem = useCall(({ phase }) => (phase.name === 'idle' ? phase.problem : undefined));
  const isRefused = problem?.code === 'passcode_wrong' || problem?.code === 'passcode_needed';
  useEffect(() => {
    // `problem` is another with each try.
    if (problem?.code === 'passcode_wrong' || problem?.code === 'passcode_needed') input.current?.select();
  }, [problem]);
  useEffect(() => {
    if (passcode.trim().length < LEAST_LENGTH) return undefined;
    const timer = setTimeout(() => {
      session.bringPasscode(passcode);
    }, TYPED_AFTER_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [session, passcode]);
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
