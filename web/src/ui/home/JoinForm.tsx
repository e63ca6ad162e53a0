import Link from 'lucide-react/icons/link';
import { use, useId, useState, type SubmitEvent } from 'react';
import { readEntry, type Entry } from '../../lib/route';
import { homeStrings } from '../../lib/homeStrings';
import { problemStrings } from '../../lib/problemStrings';
import { NavigationContext } from '../Navigation';
import { Button } from '../shared/Button';
import field from '../shared/Field.module.css';
import css from './JoinForm.module.css';

type Refused = Exclude<Entry, { name: 'room' }>;

/** Into a room by its name or by a link that one was sent. */
export function JoinForm() {
  const navigation = use(NavigationContext);
  const [text, setText] = useState('');
  const [refused, setRefused] = useState<Refused | null>(null);
  const problemId = useId();
  const join = (event: SubmitEvent) => {
    event.preventDefault();
    const entry = readEntry(text, location.origin);
    if (entry.name === 'room') navigation.go(entry);
    else setRefused(entry);
  };
  return (
    <form onSubmit={join} noValidate>
      <div className={field['field']}>
        <Link aria-hidden="true" />
        <input
          aria-label={homeStrings.entry}
          placeholder={homeStrings.entry}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          enterKeyHint="go"
          value={text}
          aria-invalid={refused !== null}
          aria-describedby={problemId}
          onChange={(event) => {
            setText(event.target.value);
            setRefused(null);
          }}
        />
        <Button type="submit">{homeStrings.join}</Button>
      </div>
      <div id={problemId} role="status" className={css['problem']}>
        {refused !== null && <RefusedEntry entry={refused} />}
      </div>
    </form>
  );
}

function RefusedEntry({ entry }: { readonly entry: Refused }) {
  switch (entry.name) {
    case 'empty':
      return <p>{homeStrings.empty}</p>;
    case 'invalid':
      return <p>{problemStrings.room_id_invalid.then}</p>;
    case 'elsewhere':
      return (
        <p>
          {homeStrings.elsewhere(entry)} <a href={entry.href}>{homeStrings.openThere}</a>
        </p>
      );
  }
}
