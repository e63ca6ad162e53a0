import { memo } from 'react';
import { piecesOf, type Line } from '../../call/chat';
import { chatStrings } from '../../lib/chatStrings';
import { named } from '../../lib/phrases';
import { wordsFor } from '../../lib/problemStrings';
import { strings } from '../../lib/strings';
import { time } from '../../words/formats';
import { classes } from '../shared/classes';
import { useCall } from '../useCall';
import css from './ChatPanel.module.css';
import { useTalk } from './talk';

/** One message. What a person writes is text, and never anything else. */
export const ChatLine = memo(function ChatLine({ line }: { readonly line: Line }) {
  const talk = useTalk();
  const toName = useCall((call) => call.room?.participants.find(({ id }) => id === line.to)?.name ?? '');
  return (
    <article className={classes(css['line'], line.isOwn && css['own'])} data-state={line.state}>
      <small>
        <b dir="auto">{line.isOwn ? strings.you : named(line.name)}</b>
        {line.to !== null && (
          <span dir="auto">
            {line.isOwn ? chatStrings.onlyTo({ name: named(toName) }) : chatStrings.onlyYou}
          </span>
        )}
        <time dateTime={new Date(line.at).toISOString()}>{time(line.at)}</time>
      </small>
      <p dir="auto">
        {piecesOf(line.text).map(({ text, href }, at) =>
          href === null ? (
            text
          ) : (
            <a key={at} href={href} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
              {text}
            </a>
          ),
        )}
      </p>
      {line.state === 'failed' && line.problem !== null && (
        <small className={css['failed']}>
          {wordsFor(line.problem).what}
          <button
            type="button"
            onClick={() => {
              talk.retry(line.id);
            }}
          >
            {chatStrings.retry}
          </button>
        </small>
      )}
    </article>
  );
});
