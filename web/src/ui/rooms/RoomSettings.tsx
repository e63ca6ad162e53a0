import { useCallback } from 'react';
import { rememberHostKey } from '../../lib/remember';
import { named } from '../../lib/phrases';
import { roomStrings } from '../../lib/roomStrings';
import type { HostedRoom } from '../../protocol/messages.gen';
import { changeRoom, deleteRoom, hostedRoom, readmit, type HostKey } from '../../protocol/roomApi';
import { Arc } from '../shared/Arc';
import { Button } from '../shared/Button';
import { Sure } from '../shared/Sure';
import { useAct, useAsked } from '../shared/useAsked';
import { Moderators } from './Moderators';
import css from './MyRooms.module.css';
import { FormProblem, RoomForm } from './RoomForm';

interface RoomSettingsProps {
  readonly id: string;
  readonly hostKey: HostKey;
  readonly onRoom: (room: HostedRoom) => void;
  readonly onDeleted: () => void;
}

/** All that a host can change of a room from outside of a call. */
export function RoomSettings({ id, hostKey, onRoom, onDeleted }: RoomSettingsProps) {
  const [asked, know] = useAsked(useCallback(() => hostedRoom(id, hostKey), [id, hostKey]));
  const { isBusy, failure, run } = useAct();
  const words = roomStrings.mine;
  if (asked.name === 'asking') return <Arc />;
  if (asked.name === 'failed') return <FormProblem code={asked.code} />;
  const room = asked.value;
  const take = (changed: HostedRoom) => {
    know(changed);
    onRoom(changed);
  };
  return (
    <div className={css['settings']}>
      <RoomForm
        room={room}
        onChange={async (change) => {
          take(await changeRoom(id, hostKey, change));
        }}
      />
      {hostKey === null && <Moderators room={room} onRoom={take} />}
      {room.exclusions.length > 0 && (
        <section>
          <h3>{roomStrings.form.excluded}</h3>
          <ul className={css['people']}>
            {room.exclusions.map((exclusion) => (
              <li key={exclusion.id}>
                <b dir="auto">{named(exclusion.name)}</b>
                <Button
                  busy={isBusy}
                  aria-label={roomStrings.form.readmitOf({ name: named(exclusion.name) })}
                  onClick={() =>
                    void run(async () => {
                      await readmit(id, hostKey, exclusion.id);
                      take(await hostedRoom(id, hostKey));
                    })
                  }
                >
                  {roomStrings.form.readmit}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <FormProblem code={failure} />
      <Sure
        label={words.delete}
        question={words.deleteAsk}
        yes={words.deleteSure}
        no={words.cancel}
        busy={isBusy}
        onSure={() =>
          void run(async () => {
            await deleteRoom(id, hostKey);
            if (hostKey !== null) rememberHostKey(`~${id}`, hostKey); // with it the room can be made again
            rememberHostKey(id, null);
            onDeleted();
          })
        }
      />
    </div>
  );
}
