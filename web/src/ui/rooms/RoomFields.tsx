import type { ErrorCode } from '../../lib/errors';
import { wordsFor } from '../../lib/problemStrings';
import { roomStrings } from '../../lib/roomStrings';
import { TextField } from '../shared/TextField';
import { CheckField } from './CheckField';
import { fieldOf, PASSCODE, type RoomDraft } from './roomDraft';
import css from './RoomFields.module.css';

interface RoomFieldsProps {
  readonly draft: RoomDraft;
  readonly onDraft: (change: Partial<RoomDraft>) => void;
  /** What is wrong; said at its field. */
  readonly problem: ErrorCode | null;
  /** It has a passcode already, which is kept where none is typed. */
  readonly keepsPasscode: boolean;
}

/** All that a room can be, in three groups. */
export function RoomFields({ draft, onDraft, problem, keepsPasscode }: RoomFieldsProps) {
  const words = roomStrings.form;
  const at = fieldOf(problem);
  const said = problem === null ? null : sentence(problem);
  return (
    <>
      <TextField
        label={words.name}
        hint={words.nameHint}
        problem={at === 'name' ? said : null}
        dir="auto"
        autoComplete="off"
        maxLength={60}
        value={draft.name}
        onText={(name) => {
          onDraft({ name });
        }}
      />
      <fieldset className={css['group']}>
        <legend>{words.who}</legend>
        <CheckField
          label={words.passcode}
          checked={draft.hasPasscode}
          onCheck={(hasPasscode) => {
            onDraft({ hasPasscode });
          }}
        />
        {draft.hasPasscode && (
          <div className={css['indented']}>
            <TextField
              label={words.code}
              hint={keepsPasscode ? words.codeKept : words.codeNew}
              problem={at === 'passcode' ? said : null}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={PASSCODE.longest}
              value={draft.passcode}
              onText={(passcode) => {
                onDraft({ passcode });
              }}
            />
          </div>
        )}
        <CheckField
          label={words.lobby}
          hint={words.lobbyHint}
          checked={draft.lobby}
          onCheck={(lobby) => {
            onDraft({ lobby });
          }}
        />
        {draft.lobby && (
          <div className={css['indented']}>
            <CheckField
              label={words.alone}
              checked={draft.anybodyAdmits}
              onCheck={(anybodyAdmits) => {
                onDraft({ anybodyAdmits });
              }}
            />
          </div>
        )}
        <CheckField
          label={words.locked}
          hint={words.lockedHint}
          checked={draft.locked}
          onCheck={(locked) => {
            onDraft({ locked });
          }}
        />
        <TextField
          label={words.capacity}
          hint={words.capacityHint}
          problem={at === 'capacity' ? said : null}
          type="number"
          inputMode="numeric"
          min={2}
          value={draft.capacity}
          onText={(capacity) => {
            onDraft({ capacity });
          }}
        />
      </fieldset>
      <fieldset className={css['group']}>
        <legend>{words.can}</legend>
        <CheckField
          label={words.share}
          checked={draft.onlyModeratorsShare}
          onCheck={(onlyModeratorsShare) => {
            onDraft({ onlyModeratorsShare });
          }}
        />
        <CheckField
          label={words.chat}
          checked={draft.onlyModeratorsChat}
          onCheck={(onlyModeratorsChat) => {
            onDraft({ onlyModeratorsChat });
          }}
        />
      </fieldset>
      <TimeFields draft={draft} onDraft={onDraft} problem={at === 'times' ? said : null} />
    </>
  );
}

interface TimeFieldsProps extends Pick<RoomFieldsProps, 'draft' | 'onDraft'> {
  readonly problem: string | null;
}

function TimeFields({ draft, onDraft, problem }: TimeFieldsProps) {
  const words = roomStrings.form;
  return (
    <fieldset className={css['group']}>
      <legend>{words.time}</legend>
      <div className={css['pair']}>
        <TextField
          label={words.opens}
          type="datetime-local"
          value={draft.opensAt}
          onText={(opensAt) => {
            onDraft({ opensAt });
          }}
        />
        <TextField
          label={words.ends}
          hint={words.timesHint}
          problem={problem}
          type="datetime-local"
          value={draft.expiresAt}
          onText={(expiresAt) => {
            onDraft({ expiresAt });
          }}
        />
      </div>
      <CheckField
        label={words.once}
        hint={words.onceHint}
        checked={draft.once}
        onCheck={(once) => {
          onDraft({ once });
        }}
      />
    </fieldset>
  );
}

function sentence(code: ErrorCode): string {
  const { what, then } = wordsFor(code);
  return `${what}. ${then}`;
}
