import { useEffect, useRef } from 'react';
import { strings } from '../../lib/callStrings';
import { COMMANDS, OTHER_KEYS } from './commands';
import css from './KeysDialog.module.css';
import { PanelHead } from './panel/PanelHead';

/** Which keys there are. */
export default function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className={css['dialog']} aria-labelledby="keys-title" onClose={onClose}>
      <PanelHead
        id="keys-title"
        title={strings.keys.title}
        closeLabel={strings.quality.close}
        onClose={onClose}
      />
      <dl>
        {COMMANDS.map(({ key, does }) => (
          <Line key={key} name={key.toUpperCase()} does={strings.keys[does]} />
        ))}
        {OTHER_KEYS.map(({ key, does }) => (
          <Line key={key} name={key === 'space' ? strings.keys.space : key} does={strings.keys[does]} />
        ))}
      </dl>
    </dialog>
  );
}

function Line({ name, does }: { readonly name: string; readonly does: string }) {
  return (
    <div>
      <dt>
        <kbd>{name}</kbd>
      </dt>
      <dd>{does}</dd>
    </div>
  );
}
