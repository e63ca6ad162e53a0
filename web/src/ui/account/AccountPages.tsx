import type { AccountPage } from '../../lib/route';
import { MyRoomsPage } from '../rooms/MyRoomsPage';
import { CallsPage } from './CallsPage';
import { ForgotPage } from './ForgotPage';
import { MinePage } from './MinePage';
import { SignInPage } from './SignInPage';
import { WelcomePage } from './WelcomePage';

const PAGES: Readonly<Record<AccountPage, () => React.JSX.Element>> = {
  'sign-in': SignInPage,
  forgot: ForgotPage,
  welcome: WelcomePage,
  account: MinePage,
  calls: CallsPage,
  rooms: MyRoomsPage,
};

/** The pages about accounts. */
export default function AccountPages({ page }: { readonly page: AccountPage }) {
  const Shown = PAGES[page];
  return <Shown />;
}
