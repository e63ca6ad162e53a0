import { memo, useEffect, useState } from 'react';
import { others, type CallState } from '../../call/callState';
import type { TalkState } from '../../call/Talk';
import { strings } from '../../lib/callStrings';
import { named } from '../../lib/phrases';
import { useSession } from '../useCall';
import { useTalk } from './talk';

/** Of a long message the beginning is read out; the rest stands in the chat. */
const READ_OUT = 140;

/** Tells those who listen to the page what the others see: messages, hands, reactions, screens; and whether the
 *  others hear one. */
export const TalkNews = memo(function TalkNews() {
  const { store } = useSession();
  const talk = useTalk();
  const [news, setNews] = useState('');
  useEffect(() => {
    const say = (said: readonly string[]) => {
      if (said.length > 0) setNews(said.join('. '));
    };
    let isHeard = store.getState().media.microphone.state === 'on';
    const stops = [
      store.subscribe((state, before) => {
        if (state.room !== before.room) say(changesInRoom(before, state));
        const { state: microphone } = state.media.microphone;
        if (microphone === 'starting' || (microphone === 'on') === isHeard) return;
        isHeard = microphone === 'on';
        // What somebody else has done is told by a notice.
        if (!isSilenced(state)) say([isHeard ? strings.call.nowHeard : strings.call.nowMuted]);
      }),
      talk.store.subscribe((state, before) => {
        say(changesInTalk(before, state, store.getState()));
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [store, talk]);
  return (
    <p className="aside" role="status">
      {news}
    </p>
  );
});

function isSilenced({ room, selfId }: CallState): boolean {
  return room?.participants.find(({ id }) => id === selfId)?.silenced === true;
}

function changesInRoom(before: CallState, after: CallState): string[] {
  return others(after).flatMap((is) => {
    const was = before.room?.participants.find(({ id }) => id === is.id);
    if (was === undefined) return [];
    const name = named(is.name);
    const said: string[] = [];
    if ((is.hand == null) !== (was.hand == null))
      said.push(is.hand == null ? strings.talk.lowered({ name }) : strings.talk.raised({ name }));
    if ((is.media.screen === true) !== (was.media.screen === true))
      said.push(is.media.screen === true ? strings.share.began({ name }) : strings.share.ended({ name }));
    return said;
  });
}

/** What was written before one came is no news, nor is what one has written. */
function changesInTalk(before: TalkState, after: TalkState, call: CallState): string[] {
  const nameOf = (id: string) => named(others(call).find((p) => p.id === id)?.name ?? '');
  const known = new Set(before.chat.lines.map(({ key }) => key));
  const isLater = before.chat.epoch !== null && before.chat.lines.length > 0;
  const wrote = after.chat.lines.filter(({ key, isOwn }) => !isOwn && !known.has(key));
  const news = isLater || after.unread > before.unread || after.isOpen ? wrote.slice(-3) : [];
  const reacted = [...after.reactions].filter(
    ([id, { number }]) => id !== call.selfId && before.reactions.get(id)?.number !== number,
  );
  return [
    ...news.map(({ name, text }) => strings.talk.wrote({ name: named(name), text: text.slice(0, READ_OUT) })),
    ...reacted.map(([id, { reaction }]) =>
      strings.talk.reacted({ name: nameOf(id), reaction: strings.talk.reactions({ reaction }) }),
    ),
  ];
}
