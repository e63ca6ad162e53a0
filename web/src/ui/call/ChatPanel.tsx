import { useEffect, useRef, useState } from 'react';
import { others } from '../../call/callState';
import { may } from '../../call/may';
import { chatStrings } from '../../lib/chatStrings';
import { useCall } from '../useCall';
import { ChatLine } from './ChatLine';
import css from './ChatPanel.module.css';
import { ChatWriter } from './ChatWriter';
import { SidePanel } from './panel/SidePanel';
import { useTalk, useTalkState } from './talk';

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
  const isAtEnd = useRef(true);
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
    <SidePanel title={chatStrings.title} closeLabel={chatStrings.close} onClose={onClose} hasFocus={mayWrite}>
      <div
        ref={scroller}
        className={css['lines']}
        role="log"
        aria-live="off"
        aria-label={chatStrings.title}
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
      {!mayWrite && <p className={css['readOnly']}>{chatStrings.readOnly}</p>}
      {mayWrite && (
        <ChatWriter
          to={isThere ? to : null}
          onTo={setTo}
          onSent={() => {
            isAtEnd.current = true;
          }}
        />
      )}
    </SidePanel>
  );
}
