import { accountStrings, browserOf, moment } from '../../lib/accountStrings';
import { endOtherSessions, endSession, sessions } from '../../protocol/accountApi';
import type { SessionView } from '../../protocol/messages.gen';
import { Button } from '../shared/Button';
import css from './Account.module.css';
import { Failure } from './Form';
import { useAct, useAsked } from '../shared/useAsked';

/** The browsers in which one is signed in. */
export function SessionsPart() {
  const [asked, know] = useAsked(sessions);
  const { isBusy, failure, run } = useAct();
  const words = accountStrings.mine;
  const end = (act: () => Promise<unknown>) =>
    void run(async () => {
      await act();
      know(await sessions());
    });
  const known = asked.name === 'known' ? asked.value.sessions : [];
  return (
    <section className={css['part']}>
      <h2>{words.sessions}</h2>
      <Failure code={asked.name === 'failed' ? asked.code : failure} />
      <ul className={css['list']}>
        {known.map((session) => (
          <SessionLine
            key={session.id}
            session={session}
            isBusy={isBusy}
            onEnd={() => {
              end(() => endSession(session.id));
            }}
          />
        ))}
      </ul>
      {known.length > 1 && (
        <Button
          look="line"
          busy={isBusy}
          onClick={() => {
            end(endOtherSessions);
          }}
        >
          {words.endOthers}
        </Button>
      )}
    </section>
  );
}

interface SessionLineProps {
  readonly session: SessionView;
  readonly isBusy: boolean;
  readonly onEnd: () => void;
}

function SessionLine({ session, isBusy, onEnd }: SessionLineProps) {
  const words = accountStrings.mine;
  const browser = browserOf(session.userAgent) ?? words.unknown;
  const when = moment(session.seenAt);
  return (
    <li className={css['line']}>
      <div>
        <b>{browser}</b>
        <p>{words.seen({ when, address: session.address })}</p>
      </div>
      {session.current ? (
        <span className={css['here']}>{words.here}</span>
      ) : (
        <Button look="ghost" busy={isBusy} aria-label={words.endNamed({ browser, when })} onClick={onEnd}>
          {words.end}
        </Button>
      )}
    </li>
  );
}
