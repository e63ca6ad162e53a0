import { strings } from '../../lib/strings';
import { PageLink } from '../PageLink';
import { buttonClass } from '../shared/Button';
import { Page } from '../shared/Page';
import { Sheet } from '../shared/Sheet';

export function NowherePage() {
  return (
    <Page title={strings.nowhere.title}>
      <Sheet title={strings.nowhere.title} text={strings.nowhere.text}>
        <PageLink to={{ name: 'home' }} className={buttonClass({ look: 'primary', size: 'big' })}>
          {strings.home}
        </PageLink>
      </Sheet>
    </Page>
  );
}
