import { use } from 'react';
import { accountStrings } from '../../lib/accountStrings';
import { roomStrings } from '../../lib/roomStrings';
import { signOut, whoAmI } from '../../protocol/accountApi';
import { NavigationContext } from '../Navigation';
import { PageLink } from '../PageLink';
import { Button, buttonClass } from '../shared/Button';
import { Page } from '../shared/Page';
import css from './Account.module.css';
import { Failure } from './Form';
import { InvitePart } from './InvitePart';
import { NamePart } from './NamePart';
import { PasswordPart } from './PasswordPart';
import { SessionsPart } from './SessionsPart';
import { SignInPage } from './SignInPage';
import { useAct, useAsked } from '../shared/useAsked';

/** One's own account. */
export function MinePage() {
  const navigation = use(NavigationContext);
  const [me] = useAsked(whoAmI);
  const { isBusy, failure, run } = useAct();
  const words = accountStrings.mine;
  if (me.name === 'known' && me.value.account === null) return <SignInPage />;
  const leave = () =>
    void run(async () => {
      await signOut();
      navigation.go({ name: 'home' });
    });
  return (
    <Page title={words.title}>
      <main className={css['wide']}>
        {me.name === 'failed' && <Failure code={me.code} />}
        {me.name === 'known' && me.value.account !== null && (
          <>
            <header className={css['head']}>
              <div>
                <h1>{words.title}</h1>
                <p>{[me.value.account.userName, me.value.account.email].filter(Boolean).join(' · ')}</p>
              </div>
              <div className={css['buttons']}>
                <PageLink to={{ name: 'account', page: 'rooms' }} className={buttonClass({ look: 'line' })}>
                  {roomStrings.mine.title}
                </PageLink>
                <PageLink to={{ name: 'account', page: 'calls' }} className={buttonClass({ look: 'line' })}>
                  {words.calls}
                </PageLink>
                <Button look="line" busy={isBusy} onClick={leave}>
                  {words.signOut}
                </Button>
              </div>
            </header>
            <Failure code={failure} />
            <NamePart name={me.value.account.name} />
            <PasswordPart login={me.value.account.userName ?? me.value.account.email ?? ''} />
            <SessionsPart />
            {me.value.account.admin && <InvitePart />}
          </>
        )}
      </main>
    </Page>
  );
}
