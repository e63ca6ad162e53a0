import { useState } from 'react';
import { accountStrings, moment } from '../../lib/accountStrings';
import { people } from '../../lib/phrases';
import { ownCalls } from '../../protocol/accountApi';
import type { CallView } from '../../protocol/messages.gen';
import { PageLink } from '../PageLink';
import { Button } from '../shared/Button';
import { Page } from '../shared/Page';
import css from './Account.module.css';
import { Failure } from './Form';
import { SignInPage } from './SignInPage';
import { useAct, useAsked } from '../shared/useAsked';

async function latest() {
  return await ownCalls();
}

/** The calls in which one was, the latest first. */
export function CallsPage() {
  const [first] = useAsked(latest);
  const [earlier, setEarlier] = useState<readonly CallView[]>([]);
  const [isMore, setMore] = useState<boolean | null>(null);
  const { isBusy, failure, run } = useAct();
  const words = accountStrings.calls;
  if (first.name === 'failed' && first.code === 'sign_in_required') return <SignInPage />;
  const calls = first.name === 'known' ? [...first.value.calls, ...earlier] : [];
  const hasMore = isMore ?? (first.name === 'known' && first.value.more);
  const goOn = () =>
    void run(async () => {
      const next = await ownCalls(calls.at(-1)?.beganAt);
      setEarlier([...earlier, ...next.calls]);
      setMore(next.more);
    });
  return (
    <Page title={words.title}>
      <main className={css['wide']}>
        <h1>{words.title}</h1>
        <Failure code={first.name === 'failed' ? first.code : failure} />
        {first.name === 'known' && calls.length === 0 && (
          <div className={css['part']}>
            <h2>{words.none}</h2>
            <p>{words.noneText}</p>
          </div>
        )}
        <ul className={css['list']}>
          {calls.map((call) => (
            <CallLine key={call.id} call={call} />
          ))}
        </ul>
        {hasMore && (
          <Button look="line" busy={isBusy} onClick={goOn}>
            {words.more}
          </Button>
        )}
      </main>
    </Page>
  );
}

function CallLine({ call }: { readonly call: CallView }) {
  const words = accountStrings.calls;
  const others = call.people.filter((person) => !person.me).map((person) => person.name);
  const minutes = call.endedAt === null ? null : Math.floor((call.endedAt - call.beganAt) / 60);
  const lasted = minutes === null ? words.goesOn : words.minutes({ minutes });
  const frame = call.join?.frame ?? null;
  const joined = frame === null ? [] : [words.picture({ seconds: frame / 1000 })];
  return (
    <li className={css['line']}>
      <div>
        <b>{others.length === 0 ? words.alone : words.with({ people: people(others) })}</b>
        <p>{[moment(call.beganAt), lasted, ...joined].join(' · ')}</p>
      </div>
      <PageLink
        to={{ name: 'room', roomId: call.roomId }}
        className={css['room']}
        aria-label={words.enter({ room: call.roomId })}
      >
        {call.roomId}
      </PageLink>
    </li>
  );
}
