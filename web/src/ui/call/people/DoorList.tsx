import { strings } from '../../../lib/callStrings';
import { named } from '../../../lib/phrases';
import { Avatar } from '../../shared/Avatar';
import { Button } from '../../shared/Button';
import { Sure } from '../../shared/Sure';
import { useCall } from '../../useCall';
import { CROWD, whoIs } from '../KnockNotice';
import { useAskHere } from '../useAsk';
import css from './PeoplePanel.module.css';

/** Those who knock, the first first; above them, for they may be many, what answers all. */
export function DoorList() {
  const ask = useAskHere();
  const knocks = useCall((state) => state.knocks);
  if (knocks.length === 0) return null;
  return (
    <>
      <h3>{strings.door.title}</h3>
      {knocks.length >= CROWD && <p className={css['crowd']}>{strings.door.crowd}</p>}
      {knocks.length > 1 && (
        <div className={css['all']}>
          <Button wide onClick={() => void ask('admitAll', {})}>
            {strings.door.admitAll}
          </Button>
          <Sure
            wide
            label={strings.door.denyAll}
            question={strings.door.denyAllAsk}
            yes={strings.door.denyAll}
            no={strings.door.cancel}
            onSure={() => void ask('denyAll', {})}
          />
        </div>
      )}
      <ul className={css['door']}>
        {knocks.map((knock) => (
          <li key={knock.id}>
            <span className={css['person']}>
              <Avatar name={named(knock.name)} />
              <span className={css['name']}>
                <b dir="auto">{named(knock.name)}</b>
                <small>{whoIs(knock)}</small>
              </span>
            </span>
            <span className={css['acts']}>
              <Button
                aria-label={strings.door.denyNamed({ name: named(knock.name) })}
                onClick={() => void ask('deny', { knock: knock.id })}
              >
                {strings.door.deny}
              </Button>
              <Button
                look="primary"
                aria-label={strings.door.admitNamed({ name: named(knock.name) })}
                onClick={() => void ask('admit', { knock: knock.id })}
              >
                {strings.door.admit}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
