import Settings2 from 'lucide-react/icons/settings-2';
import { useEffect, useState } from 'react';
import { exclusions } from '../../../call/chair';
import { strings } from '../../../lib/callStrings';
import { named } from '../../../lib/phrases';
import type { Exclusion } from '../../../protocol/messages.gen';
import { Button } from '../../shared/Button';
import { Sure } from '../../shared/Sure';
import { useCall, useSession } from '../../useCall';
import { useAskHere } from '../useAsk';
import css from './PeoplePanel.module.css';

interface RoomSwitchesProps {
  readonly isHost: boolean;
  /** Show all settings. */
  readonly onRoom: () => void;
}

/** What can change in the room while one is in it. */
export function RoomSwitches({ isHost, onRoom }: RoomSwitchesProps) {
  const ask = useAskHere();
  return (
    <>
      <h3>{strings.people.room}</h3>
      <Switch name="lobby" label={strings.people.lobby} />
      <Switch name="locked" label={strings.people.locked} />
      {isHost && (
        <Button wide onClick={onRoom}>
          <Settings2 aria-hidden="true" /> {strings.people.settings}
        </Button>
      )}
      {isHost && <Excluded />}
      {isHost && (
        <div className={css['end']}>
          <Sure
            wide
            label={strings.people.endForAll}
            question={strings.people.endAsk}
            yes={strings.people.endSure}
            no={strings.people.cancel}
            onSure={() => void ask('endForAll', {})}
          />
        </div>
      )}
    </>
  );
}

interface SwitchProps {
  readonly name: 'lobby' | 'locked';
  readonly label: string;
}

/** Acts at once; until the server has answered it stands as one has put it. */
function Switch({ name, label }: SwitchProps) {
  const ask = useAskHere();
  const isOn = useCall((state) => state.room?.settings?.[name] === true);
  const [wanted, setWanted] = useState<boolean | null>(null);
  return (
    <label className={css['switch']}>
      <input
        type="checkbox"
        checked={wanted ?? isOn}
        onChange={({ target: { checked } }) => {
          setWanted(checked);
          void ask('changeRoom', { settings: { [name]: checked } }).then(() => {
            setWanted(null);
          });
        }}
      />
      {label}
    </label>
  );
}

/** Those who do not come in any more, and can be let in again. */
function Excluded() {
  const session = useSession();
  const ask = useAskHere();
  const inside = useCall((state) => state.room?.participants.length ?? 0);
  const [excluded, setExcluded] = useState<readonly Exclusion[]>([]);
  useEffect(() => {
    // Somebody who is removed leaves the roster.
    let isShown = true;
    void exclusions(session).then((known) => {
      if (isShown) setExcluded(known);
    });
    return () => {
      isShown = false;
    };
  }, [session, inside]);
  if (excluded.length === 0) return null;
  return (
    <>
      <h3>{strings.people.excluded}</h3>
      <ul>
        {excluded.map(({ id, name }) => (
          <li key={id}>
            <span className={css['person']}>
              <span className={css['name']}>
                <b dir="auto">{named(name)}</b>
              </span>
              <Button
                onClick={() => {
                  setExcluded(excluded.filter((other) => other.id !== id));
                  void ask('readmit', { exclusion: id });
                }}
              >
                {strings.people.readmit}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
