import Check from 'lucide-react/icons/check';
import { useId } from 'react';
import { strings } from '../../lib/callStrings';
import type { DeviceChoice } from '../../rtc/LocalMedia';
import css from './DevicesMenu.module.css';

interface DeviceChoicesProps {
  readonly kind: string;
  readonly choices: readonly DeviceChoice[];
  /** null, or one that is gone: the browser's default, which it lists first. */
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}

/** The devices of one kind, as a part of a menu. */
export function DeviceChoices({ kind, choices, chosen, onChoose }: DeviceChoicesProps) {
  const headingId = useId();
  const current = choices.some(({ id }) => id === chosen) ? chosen : choices[0]?.id;
  return (
    <div role="group" aria-labelledby={headingId} className={css['group']}>
      <p id={headingId} className={css['kind']}>
        {kind}
      </p>
      {choices.map(({ id, label }, place) => (
        <button
          key={id}
          type="button"
          role="menuitemradio"
          aria-checked={id === current}
          tabIndex={-1}
          onClick={() => {
            onChoose(id);
          }}
        >
          <span dir="auto">{label || strings.deviceMenu.unnamed({ kind, place: place + 1 })}</span>
          {id === current && <Check aria-hidden="true" />}
        </button>
      ))}
      {choices.length === 0 && <p className={css['none']}>{strings.deviceMenu.none}</p>}
    </div>
  );
}
