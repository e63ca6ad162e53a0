import { lazy, Suspense, useId } from 'react';
import { titleOf } from '../../call/callState';
import { strings } from '../../lib/strings';
import { Button } from '../shared/Button';
import { classes } from '../shared/classes';
import field from '../shared/Field.module.css';
import { loadSurely } from '../loadSurely';
import { useCall, useSession } from '../useCall';
import { isFull } from './isFull';
import css from './JoinPanel.module.css';
import { LobbyNotes } from './LobbyNotes';
import { mirrorOf, sendsNothing } from './mirror';
import { WhoIsInside } from './WhoIsInside';

const PasscodeField = lazy(loadSurely(() => import('./PasscodeField')));

interface JoinPanelProps {
  readonly name: string;
  /** The name that one has here whatever one types; null where one chooses. */
  readonly called: string | null;
  readonly onName: (name: string) => void;
  readonly passcode: string;
  readonly onPasscode: (passcode: string) => void;
  readonly onJoin: () => void;
}

/** The room's name, who is inside, one's own name, and the one way in. */
export function JoinPanel(props: JoinPanelProps) {
  const { name, called, onName, passcode, onPasscode, onJoin } = props;
  const { media } = useSession();
  const title = useCall(titleOf);
  const door = useCall((state) => (state.lookup.name === 'found' ? state.lookup.door : null));
  // Nothing but a full room keeps those out who look after it.
  const isStranger = door !== null && door.role === null;
  const full = useCall(isFull);
  const mustAsk = useCall((state) => mirrorOf(state.media).name === 'ask');
  const onlyListens = useCall((state) => sendsNothing(state.media));
  const nameId = useId();
  const joinSilently = () => {
    media.setCamera(false);
    media.setMicrophone(false);
    onJoin();
  };
  return (
    <form
      className={css['join']}
      onSubmit={(event) => {
        event.preventDefault();
        onJoin();
      }}
    >
      <div className={css['room']}>
        <h1>{full ? strings.lobby.full({ room: title }) : title}</h1>
        <WhoIsInside />
      </div>
      <LobbyNotes />
      <div>
        <label className={field['label']} htmlFor={nameId}>
          {strings.lobby.yourName}
        </label>
        <div className={classes(field['field'], called !== null && css['given'])}>
          <input
            id={nameId}
            readOnly={called !== null}
            dir="auto"
            autoComplete="name"
            enterKeyHint="go"
            maxLength={60}
            // On the first visit the name is the one thing to do here.
            autoFocus={name === '' && called === null}
            value={called ?? name}
            onChange={(event) => {
              onName(event.target.value);
            }}
          />
        </div>
      </div>
      {isStranger && door.hasPasscode && (
        <Suspense>
          <PasscodeField passcode={passcode} onPasscode={onPasscode} />
        </Suspense>
      )}
      <JoinButton
        look={mustAsk || (isStranger && door.time === 'notOpen') ? 'line' : 'primary'}
        knocks={isStranger && door.hasLobby}
      />
      {mustAsk ? (
        <Button look="ghost" wide onClick={joinSilently}>
          {strings.lobby.onlyListen}
        </Button>
      ) : (
        onlyListens && <p className={css['fine']}>{strings.lobby.youOnlyListen}</p>
      )}
    </form>
  );
}

/** By itself, for nothing else is to be drawn between the press and the call. */
function JoinButton({ look, knocks }: { readonly look: 'line' | 'primary'; readonly knocks: boolean }) {
  const isJoining = useCall((state) => state.phase.name === 'joining');
  return (
    <Button type="submit" look={look} size="big" wide busy={isJoining}>
      {knocks ? strings.lobby.knock : strings.lobby.join}
    </Button>
  );
}
