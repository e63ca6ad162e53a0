import CircleAlert from 'lucide-react/icons/circle-alert';
import { useState } from 'react';
import { codeOf, type ErrorCode } from '../../lib/errors';
import { wordsFor } from '../../lib/problemStrings';
import { roomStrings } from '../../lib/roomStrings';
import type { SettingsChange } from '../../protocol/messages.gen';
import { Button } from '../shared/Button';
import { Note } from '../shared/Note';
import { changesOf, draftOf, fieldOf, problemOf, type KnownSettings, type RoomDraft } from './roomDraft';
import { RoomFields } from './RoomFields';
import css from './RoomFields.module.css';

interface RoomFormProps {
  /** As it is when the form is opened. */
  readonly room: KnownSettings;
  /** Rejects with CallError where the server refuses. */
  readonly onChange: (change: SettingsChange) => Promise<unknown>;
}

/** The settings of a room that is there. What is saved holds at once. */
export function RoomForm({ room, onChange }: RoomFormProps) {
  const [known, setKnown] = useState(room);
  const [draft, setDraft] = useState(() => draftOf(room));
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState<'saved' | 'unchanged' | null>(null);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const save = async () => {
    const change = changesOf(draft, known);
    const found = problemOf(draft, known);
    setProblem(found);
    setSaid(null);
    if (found !== null) return;
    if (Object.keys(change).length === 0) {
      setSaid('unchanged');
      return;
    }
    setBusy(true);
    try {
      await onChange(change);
      const { passcode, ...rest } = change;
      const now = { ...known, ...rest, ...(passcode !== undefined && { passcode: passcode !== null }) };
      setKnown(now);
      setDraft(draftOf(now));
      setSaid('saved');
    } catch (thrown) {
      setProblem(codeOf(thrown));
    }
    setBusy(false);
  };
  return (
    <form
      className={css['form']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void save();
      }}
    >
      <RoomFields
        draft={draft}
        onDraft={(change: Partial<RoomDraft>) => {
          setDraft((was) => ({ ...was, ...change }));
          setSaid(null);
          setProblem(null);
        }}
        problem={problem}
        keepsPasscode={known.passcode === true}
      />
      <FormProblem code={problem} />
      <div className={css['ways']}>
        <Button type="submit" look="primary" busy={isBusy}>
          {roomStrings.form.save}
        </Button>
        <p role="status" className={css['said']}>
          {said !== null && roomStrings.form[said]}
        </p>
      </div>
    </form>
  );
}

/** Read aloud in any case; drawn where no field says it. */
export function FormProblem({ code }: { readonly code: ErrorCode | null }) {
  const isAtField = fieldOf(code) !== null;
  return (
    <div role="alert" className={isAtField ? 'aside' : css['failure']}>
      {code !== null && (
        <Note icon={<CircleAlert aria-hidden="true" />} look="caution" words={wordsFor(code)} />
      )}
    </div>
  );
}
