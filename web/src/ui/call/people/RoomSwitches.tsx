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

/** What can change in the room while one is in it. */
export function RoomSwitches({ isHost }: { readonly isHost: boolean }) {
  const ask = useAskHere();
  const settings = useCall((state) => state.room?.settings);
  const set = (name: 'lobby' | 'locked') => (event: { readonly target: HTMLInputElement }) => {
    void ask('changeRoom', { settings: { [name]: event.target.checked } });
  };
  return (
    <>
      <h3>{strings.people.room}</h3>
      <label className={css['switch']}>
        <input type="checkbox" checked={settings?.lobby === true} onChange={set('lobby')} />
        {strings.people.lobby}
      </label>
      <label className={css['switch']}>
        <input type="checkbox" checked={settings?.locked === true} onChange={set('locked')} />
        {strings.people.locked}
      </label>
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
