import { use, useState } from 'react';
import { accountStrings } from '../../lib/accountStrings';
import type { ErrorCode } from '../../lib/errors';
import { pathOf, roomIdOf, type Route } from '../../lib/route';
import { signIn, whoAmI } from '../../protocol/accountApi';
import { NavigationContext } from '../Navigation';
import { PageLink } from '../PageLink';
import { buttonClass } from '../shared/Button';
import css from './Account.module.css';
import { Form } from './Form';
import { Narrow } from './Narrow';
import { TextField } from '../shared/TextField';
import { useAct, useAsked } from '../shared/useAsked';

/** Where one goes when one is signed in. */
function then(): Route {
  const roomId = roomIdOf(new URLSearchParams(location.search).get('room') ?? '');
  return roomId === null ? { name: 'home' } : { name: 'room', roomId };
}

/** What went wrong at the identity provider, which sends one back here. */
function problem(): ErrorCode | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('problem') ?? '';
  return Object.hasOwn(accountStrings.problem, code) ? (code as ErrorCode) : null;
}

export function SignInPage() {
  const navigation = use(NavigationContext);
  const [me] = useAsked(whoAmI);
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const { isBusy, failure, run } = useAct();
  const words = accountStrings.signIn;
  const send = () =>
    void run(async () => {
      await signIn(login, password);
      navigation.go(then());
    });
  return (
    <Narrow title={words.title}>
      {me.name === 'known' && me.value.provider !== null && (
        <a
          className={buttonClass({ look: 'line', size: 'big', wide: true })}
          href={`/api/v1/oidc/start?then=${encodeURIComponent(pathOf(then()))}`}
        >
          {words.with({ provider: me.value.provider })}
        </a>
      )}
      <Form label={words.go} isBusy={isBusy} failure={failure ?? problem()} onSend={send}>
        <TextField
          label={words.login}
          value={login}
          onText={setLogin}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
        />
        <TextField
          label={words.password}
          type="password"
          value={password}
          onText={setPassword}
          autoComplete="current-password"
          required
        />
      </Form>
      <nav className={css['ways']}>
        <PageLink to={{ name: 'account', page: 'forgot' }}>{words.forgot}</PageLink>
        {me.name === 'known' && me.value.signup && (
          <PageLink to={{ name: 'account', page: 'welcome' }}>{words.signUp}</PageLink>
        )}
      </nav>
    </Narrow>
  );
}
