import { use, useState } from 'react';
import { codeOf, type ErrorCode } from '../../lib/errors';
import { rememberedHostKeys } from '../../lib/remember';
import { roomIdOf } from '../../lib/route';
import { wordsFor } from '../../lib/problemStrings';
import { roomStrings } from '../../lib/roomStrings';
import { NavigationContext } from '../Navigation';
import { Button } from '../shared/Button';
import { makeRoom } from '../shared/makeRoom';
import { TextField } from '../shared/TextField';
import { changesOf, draftOf, fieldOf, newRoom, problemOf, type RoomDraft } from './roomDraft';
import { RoomFields } from './RoomFields';
import css from './RoomFields.module.css';
import { FormProblem } from './RoomForm';

/** The key of a room that had this link and is no more, or was made here; with it the link is free. */
function keyOf(id: string | null): string | undefined {
  const known = rememberedHostKeys();
  return id === null ? undefined : (known[id] ?? known[`~${id}`]);
}

/** Makes a room as one wants it, and goes to its lobby. */
export default function NewRoom() {
  const navigation = use(NavigationContext);
  const [draft, setDraft] = useState(() => draftOf(newRoom));
  const [link, setLink] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const words = roomStrings.form;
  const make = async () => {
    const id = link.trim() === '' ? null : roomIdOf(link);
    const found = link.trim() !== '' && id === null ? 'room_id_invalid' : problemOf(draft, newRoom);
    setProblem(found);
    if (found !== null) return;
    setBusy(true);
    try {
      const settings = changesOf(draft, newRoom);
      const roomId = await makeRoom({ ...(id !== null && { id }), settings }, keyOf(id));
      navigation.go({ name: 'room', roomId });
    } catch (thrown) {
      setProblem(codeOf(thrown));
      setBusy(false);
    }
  };
  const atLink = problem !== null && fieldOf(problem) === 'link' ? wordsFor(problem) : null;
  return (
    <form
      className={css['form']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void make();
      }}
    >
      <RoomFields
        draft={draft}
        onDraft={(change: Partial<RoomDraft>) => {
          setDraft((was) => ({ ...was, ...change }));
          setProblem(null);
        }}
        problem={problem}
        keepsPasscode={false}
      />
      <TextField
        label={words.link}
        hint={words.linkHint}
        problem={atLink === null ? null : `${atLink.what}. ${atLink.then}`}
        dir="ltr"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={64}
        value={link}
        onText={(text) => {
          setLink(text);
          setProblem(null);
        }}
      />
      <FormProblem code={problem} />
      <Button type="submit" look="primary" size="big" wide busy={isBusy}>
        {words.make}
      </Button>
    </form>
  );
}
