import ArrowRight from 'lucide-react/icons/arrow-right';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { others } from '../../call/callState';
import { chatStrings } from '../../lib/chatStrings';
import { named } from '../../lib/phrases';
import { useCall } from '../useCall';
import css from './ChatPanel.module.css';
import { useTalk } from './talk';

const MOST = 4_000;
/** From here on one is told how much is left. */
const NEARLY = 3_600;
const JUST_MS = 50;

interface ChatWriterProps {
  /** Who alone is written to; null: everybody. */
  readonly to: string | null;
  readonly onTo: (id: string | null) => void;
  readonly onSent: () => void;
}

/** Where one writes. Enter sends, with Shift it begins a line. */
export function ChatWriter({ to, onTo, onSent }: ChatWriterProps) {
  const talk = useTalk();
  const [text, setText] = useState('');
  const people = useCall(useShallow(others));
  const field = useRef<HTMLTextAreaElement>(null);
  const composedAt = useRef(-Infinity);
  const left = MOST - Array.from(text).length;
  useEffect(() => {
    field.current?.focus({ preventScroll: true });
  }, []);
  const send = () => {
    if (left < 0 || text.trim() === '') return;
    talk.write(text, to);
    setText('');
    onSent();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While a word is being put together, Enter takes the word (UI Events, section 5.7). Safari says a moment before
    // that it is done.
    const isComposing = event.nativeEvent.isComposing || event.timeStamp - composedAt.current < JUST_MS;
    if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className={css['writer']}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {people.length > 1 && (
        <label className={css['to']}>
          {chatStrings.to}
          <select
            value={to ?? ''}
            onChange={({ target: { value } }) => {
              onTo(value === '' ? null : value);
            }}
          >
            <option value="">{chatStrings.everybody}</option>
            {people.map(({ id, name }) => (
              <option key={id} value={id}>
                {named(name)}
              </option>
            ))}
          </select>
        </label>
      )}
      <div className={css['field']}>
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          aria-label={chatStrings.message}
          placeholder={to === null ? chatStrings.writeToAll : chatStrings.writeToOne}
          enterKeyHint="send"
          onChange={({ target: { value } }) => {
            setText(value);
          }}
          onKeyDown={onKeyDown}
          onCompositionEnd={({ timeStamp }) => {
            composedAt.current = timeStamp;
          }}
        />
        <button type="submit" aria-label={chatStrings.send} aria-disabled={text.trim() === '' || left < 0}>
          <ArrowRight aria-hidden="true" />
        </button>
      </div>
      {left < MOST - NEARLY && (
        <small role="status" className={left < 0 ? css['failed'] : undefined}>
          {left < 0 ? chatStrings.tooLong({ count: -left }) : chatStrings.left({ count: left })}
        </small>
      )}
    </form>
  );
}
