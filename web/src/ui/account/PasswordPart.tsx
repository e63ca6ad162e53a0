import ShieldCheck from 'lucide-react/icons/shield-check';
import { useState } from 'react';
import { accountStrings } from '../../lib/accountStrings';
import { changePassword } from '../../protocol/accountApi';
import { Note } from '../shared/Note';
import css from './Account.module.css';
import { Form } from './Form';
import { TextField } from '../shared/TextField';
import { useAct } from '../shared/useAsked';
import { NewPasswordField } from './WelcomePage';

/** Another password, after the present one. */
export function PasswordPart({ login }: { readonly login: string }) {
  const [old, setOld] = useState('');
  const [chosen, setChosen] = useState('');
  const [isChanged, setChanged] = useState(false);
  const { isBusy, failure, run } = useAct();
  const words = accountStrings.mine;
  const change = () =>
    void run(async () => {
      setChanged(false);
      await changePassword({ old, new: chosen });
      setOld('');
      setChosen('');
      setChanged(true);
    });
  return (
    <section className={css['part']}>
      <h2>{words.password}</h2>
      <Form label={words.change} isBusy={isBusy} failure={failure} onSend={change} isMain={false}>
        {/* So that a password manager knows whose it is. */}
        <input type="text" hidden readOnly autoComplete="username" value={login} />
        <TextField
          label={words.old}
          type="password"
          autoComplete="current-password"
          value={old}
          onText={setOld}
          required
        />
        <NewPasswordField label={words.new} value={chosen} onText={setChosen} />
      </Form>
      {isChanged && <Note icon={<ShieldCheck aria-hidden="true" />} words={words.changed} live />}
    </section>
  );
}
