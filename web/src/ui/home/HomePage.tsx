import { lazy, Suspense } from 'react';
import { homeStrings } from '../../lib/homeStrings';
import { loadSurely } from '../loadSurely';
import { Page } from '../shared/Page';
import { StartRoom } from '../shared/StartRoom';
import css from './HomePage.module.css';
import { JoinForm } from './JoinForm';

const AccountMark = lazy(loadSurely(() => import('../account/AccountMark')));

export function HomePage() {
  return (
    <Page
      title={homeStrings.title}
      aside={
        <Suspense>
          <AccountMark />
        </Suspense>
      }
    >
      <main className={css['home']}>
        <div className={css['ask']}>
          <h1>{homeStrings.question}</h1>
          <StartRoom wide />
          <p className={css['or']}>{homeStrings.or}</p>
          <JoinForm />
        </div>
        <svg className={css['halves']} viewBox="0 0 400 400" aria-hidden="true">
          <path className={css['you']} d="M190 8a192 192 0 0 0 0 384z" />
          <path className={css['me']} d="M210 8a192 192 0 0 1 0 384z" />
        </svg>
      </main>
    </Page>
  );
}
