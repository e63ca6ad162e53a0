import { useState } from 'react';
import { roomStrings } from '../../lib/roomStrings';
import type { HostedRoom } from '../../protocol/messages.gen';
import { appoint, dismiss } from '../../protocol/roomApi';
import { Button } from '../shared/Button';
import { TextField } from '../shared/TextField';
import { useAct } from '../shared/useAsked';
import css from './MyRooms.module.css';
import { FormProblem } from './RoomForm';

interface ModeratorsProps {
  readonly room: HostedRoom;
  readonly onRoom: (room: HostedRoom) => void;
}

/** Accounts that moderate the room whenever they join it. */
export function Moderators({ room, onRoom }: ModeratorsProps) {
  const [login, setLogin] = useState('');
  const { isBusy, failure, run } = useAct();
  const words = roomStrings.form;
  const isUnknown = failure === 'account_not_found';
  const add = () =>
    void run(async () => {
      onRoom(await appoint(room.id, login.trim()));
      setLogin('');
    });
  return (
    <section>
      <h3>{words.moderators}</h3>
      <p className={css['fine']}>{words.moderatorsText}</p>
      <ul className={css['people']}>
        {room.moderators.map(({ id, name, login: known }) => (
          <li key={id}>
            <span>
              <b dir="auto">{name}</b> <small>{known}</small>
            </span>
            <Button
              busy={isBusy}
              aria-label={words.dismissOf({ name })}
              onClick={() =>
                void run(async () => {
                  onRoom(await dismiss(room.id, id));
                })
              }
            >
              {words.dismiss}
            </Button>
          </li>
        ))}
      </ul>
      <form
        className={css['add']}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) add();
        }}
      >
        <TextField
          label={words.login}
          problem={isUnknown ? words.nobody : null}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={login}
          onText={setLogin}
        />
        <Button type="submit" look="line" busy={isBusy}>
          {words.appoint}
        </Button>
      </form>
      <FormProblem code={isUnknown ? null : failure} />
    </section>
  );
}
