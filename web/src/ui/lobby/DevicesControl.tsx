import Settings2 from 'lucide-react/icons/settings-2';
import { useState } from 'react';
import { strings } from '../../lib/strings';
import { loadInside } from '../loadInside';
import { Control } from '../shared/Control';

/** The control "Devices". Its menu is loaded by the time when one presses it, or a moment later. */
export function DevicesControl() {
  const [inside, setInside] = useState<Awaited<ReturnType<typeof loadInside>> | null>(null);
  const [isComing, setComing] = useState(false);
  if (inside !== null) return <inside.DevicesMenu />;
  return (
    <Control
      icon={<Settings2 aria-hidden="true" />}
      label={strings.devices.button}
      busy={isComing}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => {
        setComing(true);
        void loadInside().then(setInside);
      }}
    />
  );
}
