import { useEffect, useState } from 'react';
import { CheckSession } from '../../call/check/CheckSession';
import { CheckView } from './CheckView';

/** `/check`: whether calls will work here. */
export default function CheckPage() {
  const [session] = useState(() => new CheckSession());
  useEffect(
    () => () => {
      session.end();
    },
    [session],
  );
  return <CheckView session={session} />;
}
