import { memo, useEffect, useState } from 'react';
import { others, type CallState } from '../../call/callState';
import { strings } from '../../lib/callStrings';
import { named } from '../../lib/phrases';
import { useSession } from '../useCall';

/** Tells those who listen to the page who came in and who left; the others see it. */
export const RosterNews = memo(function RosterNews() {
  const { store } = useSession();
  const [news, setNews] = useState('');
  useEffect(
    () =>
      store.subscribe((state, before) => {
        if (state.room === before.room || state.room === null || before.room === null) return;
        const said = changes(before, state);
        if (said !== '') setNews(said);
      }),
    [store],
  );
  return (
    <p className="aside" role="status">
      {news}
    </p>
  );
});

function changes(before: CallState, after: CallState): string {
  const was = others(before);
  const is = others(after);
  const came = is.filter(({ id }) => !was.some((one) => one.id === id));
  const left = was.filter(({ id }) => !is.some((one) => one.id === id));
  return [
    ...came.map(({ name }) => strings.call.cameIn({ name: named(name) })),
    ...left.map(({ name }) => strings.call.wentOut({ name: named(name) })),
  ].join('. ');
}
