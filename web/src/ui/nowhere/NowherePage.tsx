import { homeStrings } from '../../lib/homeStrings';
import { strings } from '../../lib/strings';
import { PageLink } from '../PageLink';
import { buttonClass } from '../shared/Button';
import { Page } from '../shared/Page';
import { Sheet } from '../shared/Sheet';

export function NowherePage() {
  return (
    <Page title={homeStrings.nowhere.title}>
      <Sheet title={homeStrings.nowhere.title} text={homeStrings.nowhere.text}>
        <PageLink to={{ name: 'home' }} className={buttonClass({ look: 'primary', size: 'big' })}>
          {strings.home}
        </PageLink>
      </Sheet>
    </Page>
  );
}
