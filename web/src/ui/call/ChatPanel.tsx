import X from 'lucide-react/icons/x';
import { useEffect, useRef, useState } from 'react';
import { others } from '../../call/callState';
import { may } from '../../call/may';
import { chatStrings } from '../../lib/chatStrings';
import { useCall } from '../useCall';
import { ChatLine } from './ChatLine';
import css from './ChatPanel.module.css';
import { ChatWriter } from './ChatWriter';
import { useTalk, useTalkState } from './talk';
import { useKeyboardInset } from './useKeyboardInset';

/** So far from the end one still reads the newest. */
const NEAR_END_PX = 80;

/** What is written in this call: to everybody, or between two. */
export default function ChatPanel({ onClose }: { readonly onClose: () => void }) {
  const talk = useTalk();
  const lines = useTalkState(({ chat }) => chat.lines);
  const mayWrite = useCall((call) => may(call.room, call.selfId, 'chat'));
  const [to, setTo] = useState<string | null>(null);
  // Who has left cannot be written to.
  const isThere = useCall((call) => to === null || others(call).some(({ id }) => id === to));
  const scroller = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  useKeyboardInset(panel);
  useEffect(() => {
    talk.open(true);
    return () => {
      talk.open(false);
    };
  }, [talk]);
  useEffect(() => {
    const element = scroller.current;
    if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  return (
    <aside
      ref={panel}
      className={css['panel']}
      aria-labelledby="chat-title"
      data-chrome-panel
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.nativeEvent.isComposing) onClose();
      }}
    >
      <header>
        <h2 id="chat-title">{chatStrings.title}</h2>
        <button type="button" aria-label={chatStrings.close} onClick={onClose}>
          <X aria-hidden="true" />
        </button>
      </header>
      <div
        ref={scroller}
        className={css['lines']}
        role="log"
        aria-live="off"
        aria-labelledby="chat-title"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
        }}
      >
        <p className={css['fine']}>{chatStrings.vanishes}</p>
        {lines.map((line) => (
          <ChatLine key={line.key} line={line} />
        ))}
      </div>
      {mayWrite && (
        <ChatWriter
          to={isThere ? to : null}
          onTo={setTo}
          onSent={() => {
            isAtEnd.current = true;
          }}
        />
      )}
    </aside>
  );
}
