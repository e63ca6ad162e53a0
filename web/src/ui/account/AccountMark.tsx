import UserRound from 'lucide-react/icons/user-round';
import { accountStrings } from '../../lib/accountStrings';
import { whoAmI } from '../../protocol/accountApi';
import { PageLink } from '../PageLink';
import css from './Account.module.css';
import { useAsked } from '../shared/useAsked';

/** At the top of the home page: who is signed in, or the way to do so. */
export default function AccountMark() {
  const [me] = useAsked(whoAmI);
  if (me.name !== 'known') return null;
  const { account } = me.value;
  return (
    <PageLink
      to={{ name: 'account', page: account === null ? 'sign-in' : 'account' }}
      className={css['mark']}
    >
      {account === null ? (
        accountStrings.mark.signIn
      ) : (
        <>
          <UserRound aria-hidden="true" />
          <span dir="auto">{account.name}</span>
        </>
      )}
    </PageLink>
  );
}
