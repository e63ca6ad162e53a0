import { lazy, Suspense, useId, useState } from 'react';
import { homeStrings } from '../../lib/homeStrings';
import { loadSurely } from '../loadSurely';
import { PageLink } from '../PageLink';
import { Page } from '../shared/Page';
import { StartRoom } from '../shared/StartRoom';
import css from './HomePage.module.css';
import { JoinForm } from './JoinForm';

const AccountMark = lazy(loadSurely(() => import('../account/AccountMark')));

const NewRoom = lazy(loadSurely(() => import('../rooms/NewRoom')));

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
          <Start />
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

/** One press makes a room. What else it can be is folded away. */
function Start() {
  const [isUnfolded, setUnfolded] = useState(false);
  const id = useId();
  return (
    <>
      {!isUnfolded && <StartRoom wide />}
      <div className={css['more']}>
        <button
          type="button"
          aria-expanded={isUnfolded}
          aria-controls={id}
          onClick={() => {
            setUnfolded(!isUnfolded);
          }}
        >
          {isUnfolded ? homeStrings.fewer : homeStrings.options}
        </button>
        <PageLink to={{ name: 'account', page: 'rooms' }}>{homeStrings.myRooms}</PageLink>
      </div>
      <div id={id}>
        {isUnfolded && (
          <Suspense>
            <NewRoom />
          </Suspense>
        )}
      </div>
    </>
  );
}
