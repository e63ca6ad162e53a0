import { strings } from '../../lib/callStrings';
import { Dialog } from '../shared/Dialog';
import { COMMANDS, OTHER_KEYS } from './commands';
import css from './KeysDialog.module.css';

/** Which keys there are. */
export default function KeysDialog({ onGone }: { readonly onGone: () => void }) {
  return (
    <Dialog
      title={strings.keys.title}
      closeLabel={strings.quality.close}
      className={css['keys']}
      onGone={onGone}
    >
      <dl>
        {COMMANDS.map(({ key, does }) => (
          <Line key={key} name={key.toUpperCase()} does={strings.keys[does]} />
        ))}
        {OTHER_KEYS.map(({ key, does }) => (
          <Line key={key} name={key === 'space' ? strings.keys.space : key} does={strings.keys[does]} />
        ))}
      </dl>
    </Dialog>
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
