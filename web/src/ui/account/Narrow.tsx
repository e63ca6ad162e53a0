import type { ReactNode } from 'react';
import { strings } from '../../lib/strings';
import { PageLink } from '../PageLink';
import { buttonClass } from '../shared/Button';
import { Page } from '../shared/Page';
import css from './Account.module.css';

interface NarrowProps {
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}

/** A page with one short form in the middle. */
export function Narrow({ title, text, children }: NarrowProps) {
  // Nothing is asked here: the way on is another page.
  const isEnd = text !== undefined && children === undefined;
  return (
    <Page title={title}>
      <main className={css['narrow']}>
        <h1>{title}</h1>
        {text !== undefined && <p>{text}</p>}
        {children}
        {isEnd && (
          <div className={css['out']}>
            <PageLink to={{ name: 'home' }} className={buttonClass({ look: 'line' })}>
              {strings.home}
            </PageLink>
          </div>
        )}
      </main>
    </Page>
  );
}
