import MessageCircle from 'lucide-react/icons/message-circle';
import { strings } from '../../lib/callStrings';
import { Control } from '../shared/Control';
import css from './ChatControl.module.css';
import { useTalkState } from './talk';

interface ChatControlProps {
  readonly isOpen: boolean;
  /** Its panel is not there yet. */
  readonly isComing: boolean;
  readonly onToggle: () => void;
}

/** Opens the chat, and counts what one has not seen of it. */
export function ChatControl({ isOpen, isComing, onToggle }: ChatControlProps) {
  const unread = useTalkState((talk) => talk.unread);
  return (
    <Control
      icon={
        <>
          <MessageCircle aria-hidden="true" />
          {unread > 0 && <i className={css['count']} data-count={unread > 99 ? '99' : unread} />}
        </>
      }
      label={strings.talk.chat}
      look={isOpen ? 'on' : 'plain'}
      aria-keyshortcuts="c"
      aria-expanded={isOpen}
      busy={isComing}
      {...(unread > 0 && { 'aria-label': strings.talk.chatUnread({ count: unread }) })}
      onClick={onToggle}
    />
  );
}
