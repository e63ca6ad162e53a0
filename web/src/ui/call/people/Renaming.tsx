import { useState } from 'react';
import { strings } from '../../../lib/callStrings';
import { Button } from '../../shared/Button';
import field from '../../shared/Field.module.css';
import css from './PeoplePanel.module.css';

interface RenamingProps {
  readonly name: string;
  /** null: it stays as it is. */
  readonly onName: (name: string | null) => void;
}

/** Another name for somebody. */
export function Renaming({ name, onName }: RenamingProps) {
  const [text, setText] = useState(name);
  const isChanged = text.trim() !== '' && text.trim() !== name;
  return (
    <form
      className={css['renaming']}
      onSubmit={(event) => {
        event.preventDefault();
        onName(isChanged ? text : null);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onName(null);
      }}
    >
      <div className={field['field']}>
        <input
          aria-label={strings.people.newName}
          dir="auto"
          autoComplete="off"
          autoFocus
          maxLength={60}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </div>
      <Button
        onClick={() => {
          onName(null);
        }}
      >
        {strings.people.cancel}
      </Button>
      <Button type="submit" look="primary">
        {strings.people.save}
      </Button>
    </form>
  );
}
