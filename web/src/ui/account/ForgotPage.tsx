import MailCheck from 'lucide-react/icons/mail-check';
import { useState } from 'react';
import { accountStrings } from '../../lib/accountStrings';
import { sendLink, whoAmI } from '../../protocol/accountApi';
import { Note } from '../shared/Note';
import { Form } from './Form';
import { Narrow } from './Narrow';
import { TextField } from '../shared/TextField';
import { useAct, useAsked } from '../shared/useAsked';

export function ForgotPage() {
  const [me] = useAsked(whoAmI);
  const [login, setLogin] = useState('');
  const [isSent, setSent] = useState(false);
  const { isBusy, failure, run } = useAct();
  const words = accountStrings.forgot;
  const hasNoMail = me.name === 'known' && !me.value.mail;
  if (hasNoMail) return <Narrow title={words.title} text={words.noMail} />;
  return (
    <Narrow title={words.title} text={words.text}>
      {isSent ? (
        <Note icon={<MailCheck aria-hidden="true" />} words={words.sent} live />
      ) : (
        <Form
          label={words.go}
          isBusy={isBusy}
          failure={failure}
          onSend={() =>
            void run(async () => {
              await sendLink(login);
              setSent(true);
            })
          }
        >
          <TextField
            label={accountStrings.signIn.login}
            value={login}
            onText={setLogin}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            required
          />
        </Form>
      )}
    </Narrow>
  );
}
