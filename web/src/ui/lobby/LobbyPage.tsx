import { lazy, Suspense, useState } from 'react';
import type { CallState } from '../../call/callState';
import { rememberedName, rememberName } from '../../lib/remember';
import { strings } from '../../lib/strings';
import { loadInside } from '../loadInside';
import { loadSurely } from '../loadSurely';
import { Page } from '../shared/Page';
import { useCall, useSession } from '../useCall';
import { JoinPanel } from './JoinPanel';
import css from './LobbyPage.module.css';
import { MirrorView } from './MirrorView';

const NoRoom = lazy(loadSurely(() => import('./NoRoom')));
const WaitingPanel = lazy(async () => ({ default: (await loadInside()).WaitingPanel }));

/** Before a call: how one looks and sounds, who is inside, and the way in. */
export function LobbyPage() {
  const session = useSession();
  const roomId = useCall((state) => state.roomId);
  const missing = useCall(isMissing);
  const called = useCall(calledIn);
  const [name, setName] = useState(rememberedName);
  const [passcode, setPasscode] = useState('');
  const waiting = useCall(({ phase }) => (phase.name === 'waiting' ? phase : null));
  const isOver = useCall(({ lookup }) => lookup.name === 'found' && lookup.door.time === 'over');

  const join = () => {
    const given = name.trim();
    if (called === null) rememberName(given);
    void session.join(called ?? (given || strings.guest), passcode);
  };
  if (missing || isOver) {
    return (
      <Suspense>
        <NoRoom isOver={!missing} />
      </Suspense>
    );
  }
  return (
    <Page title={roomId}>
      <main className={css['lobby']}>
        <MirrorView name={called ?? name} />
        {waiting === null ? (
          <JoinPanel
            name={name}
            called={called}
            onName={setName}
            passcode={passcode}
            onPasscode={setPasscode}
            onJoin={join}
          />
        ) : (
          <Suspense>
            <WaitingPanel since={waiting.since} isAttended={waiting.isAttended} />
          </Suspense>
        )}
      </main>
    </Page>
  );
}

/** The name that somebody else has given one, or null. */
function calledIn({ lookup }: CallState): string | null {
  return lookup.name === 'found' ? (lookup.called ?? null) : null;
}

function isMissing({ lookup, phase }: CallState): boolean {
  return (
    (lookup.name === 'failed' && lookup.problem.code === 'room_not_found') ||
    (phase.name === 'idle' && phase.problem?.code === 'room_not_found')
  );
}
