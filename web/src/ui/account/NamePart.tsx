import { useState } from 'react';
import { accountStrings } from '../../lib/accountStrings';
import { rename } from '../../protocol/accountApi';
import field from '../shared/Field.module.css';
import css from './Account.module.css';
import { Form } from './Form';
import { TextField } from '../shared/TextField';
import { useAct } from '../shared/useAsked';

/** By which name others know one. */
export function NamePart({ name: known }: { readonly name: string }) {
  const [name, setName] = useState(known);
  const [isSaved, setSaved] = useState(false);
  const { isBusy, failure, run } = useAct();
  const words = accountStrings.mine;
  const save = () =>
    void run(async () => {
      const me = await rename(name);
      setName(me.account?.name ?? name);
      setSaved(true);
    });
  return (
    <section className={css['part']}>
      <h2>{words.called}</h2>
      <Form label={words.save} isBusy={isBusy} failure={failure} onSend={save} isMain={false}>
        <TextField
          label={accountStrings.welcome.name}
          dir="auto"
          autoComplete="name"
          maxLength={60}
          value={name}
          onText={(text) => {
            setName(text);
            setSaved(false);
          }}
        />
      </Form>
      <p role="status" className={field['hint']}>
        {isSaved && words.saved}
      </p>
    </section>
  );
}
