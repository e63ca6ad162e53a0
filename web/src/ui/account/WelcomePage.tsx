import { use, useState } from 'react';
import { accountStrings, accountWordsFor } from '../../lib/accountStrings';
import { lookAtLink, resetPassword, signUp, whoAmI } from '../../protocol/accountApi';
import type { LinkView } from '../../protocol/messages.gen';
import { NavigationContext } from '../Navigation';
import { Form } from './Form';
import { Narrow } from './Narrow';
import { TextField } from '../shared/TextField';
import { useAct, useAsked } from '../shared/useAsked';

type Way =
  | { readonly name: 'link'; readonly secret: string; readonly link: LinkView }
  | { readonly name: 'open' }
  | { readonly name: 'closed' };

/** What stands behind the `#` is the secret of a one-time link. */
async function wayIn(): Promise<Way> {
  const secret = location.hash.slice(1);
  if (secret !== '') return { name: 'link', secret, link: await lookAtLink(secret) };
  return { name: (await whoAmI()).signup ? 'open' : 'closed' };
}

/** Where one-time links lead: to an account, or to another password. */
export function WelcomePage() {
  const [way] = useAsked(wayIn);
  const words = accountStrings.welcome;
  if (way.name === 'asking') return <Narrow title={words.title} />;
  if (way.name === 'failed') {
    const { what, then } = accountWordsFor(way.code);
    return <Narrow title={what} text={then} />;
  }
  const { value } = way;
  if (value.name === 'closed') return <Narrow {...accountStrings.closed} />;
  if (value.name === 'open') return <SignUp secret={null} text={words.open} email={null} />;
  const { purpose, email } = value.link;
  if (purpose === 'passwordReset') return <Reset secret={value.secret} />;
  const text = purpose === 'firstAdministrator' ? words.first : words.invited;
  return <SignUp secret={value.secret} text={text} email={email} />;
}

interface SignUpProps {
  readonly secret: string | null;
  readonly text: string;
  readonly email: string | null;
}

function SignUp({ secret, text, email: invited }: SignUpProps) {
  const navigation = use(NavigationContext);
  const [name, setName] = useState('');
  const [userName, setUserName] = useState('');
  const [email, setEmail] = useState(invited ?? '');
  const [password, setPassword] = useState('');
  const { isBusy, failure, run } = useAct();
  const words = accountStrings.welcome;
  const send = () =>
    void run(async () => {
      await signUp({ secret, userName, email: email === '' ? null : email, name, password });
      navigation.go({ name: 'home' });
    });
  return (
    <Narrow title={words.title} text={text}>
      <Form label={words.go} isBusy={isBusy} failure={failure} onSend={send}>
        <TextField
          label={words.name}
          value={name}
          onText={setName}
          autoComplete="name"
          dir="auto"
          autoFocus
        />
        <TextField
          label={words.userName}
          value={userName}
          onText={setUserName}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        <TextField label={words.optional} type="email" value={email} onText={setEmail} autoComplete="email" />
        <NewPasswordField label={words.password} value={password} onText={setPassword} />
      </Form>
    </Narrow>
  );
}

function Reset({ secret }: { readonly secret: string }) {
  const navigation = use(NavigationContext);
  const [password, setPassword] = useState('');
  const { isBusy, failure, run } = useAct();
  const words = accountStrings.welcome;
  const send = () =>
    void run(async () => {
      await resetPassword(secret, password);
      navigation.go({ name: 'account', page: 'sign-in' });
    });
  return (
    <Narrow title={words.reset} text={words.resetText}>
      <Form label={words.resetGo} isBusy={isBusy} failure={failure} onSend={send}>
        <NewPasswordField label={words.password} value={password} onText={setPassword} autoFocus />
      </Form>
    </Narrow>
  );
}

interface NewPasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly autoFocus?: boolean;
}

/** With the rule for passwords below it. */
export function NewPasswordField(props: NewPasswordFieldProps) {
  return (
    <TextField
      {...props}
      hint={accountStrings.welcome.passwordHint}
      type="password"
      autoComplete="new-password"
      minLength={10}
      required
    />
  );
}
