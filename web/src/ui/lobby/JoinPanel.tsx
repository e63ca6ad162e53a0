import { useId } from 'react';
import { strings } from '../../lib/strings';
import { Button } from '../shared/Button';
import { classes } from '../shared/classes';
import field from '../shared/Field.module.css';
import { useCall, useSession } from '../useCall';
import { isFull } from './isFull';
import css from './JoinPanel.module.css';
import { LobbyNotes } from './LobbyNotes';
import { mirrorOf, sendsNothing } from './mirror';
import { WhoIsInside } from './WhoIsInside';

interface JoinPanelProps {
  readonly name: string;
  /** The name that one has here whatever one types; null where one chooses. */
  readonly called: string | null;
  readonly onName: (name: string) => void;
  readonly onJoin: () => void;
}

/** The room's name, who is inside, one's own name, and the one way in. */
export function JoinPanel({ name, called, onName, onJoin }: JoinPanelProps) {
  const { media } = useSession();
  const roomId = useCall((state) => state.roomId);
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
        <h1>{full ? strings.lobby.full({ room: roomId }) : roomId}</h1>
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
      <JoinButton look={mustAsk ? 'line' : 'primary'} />
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
function JoinButton({ look }: { readonly look: 'line' | 'primary' }) {
  const isJoining = useCall((state) => state.phase.name === 'joining');
  return (
    <Button type="submit" look={look} size="big" wide busy={isJoining}>
      {strings.lobby.join}
    </Button>
  );
}
