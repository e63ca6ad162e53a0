import CloudOff from 'lucide-react/icons/cloud-off';
import { titleOf } from '../../call/callState';
import { clock } from '../../lib/callPhrases';
import { memo } from 'react';
import { strings } from '../../lib/callStrings';
import { classes } from '../shared/classes';
import { useLate } from '../shared/useLate';
import { useNow } from '../shared/useNow';
import { useCall } from '../useCall';
import { OwnQuality } from './OwnQuality';
import { SmallWindow } from './SmallWindow';
import css from './TopLine.module.css';

/** Where one is and for how long; a word while the server is away. */
export const TopLine = memo(function TopLine({ isOverPicture }: { readonly isOverPicture: boolean }) {
  const title = useCall(titleOf);
  const enteredAt = useCall((state) => state.enteredAt);
  const isAway = useLate(useCall((state) => state.phase.name === 'reconnecting'));
  return (
    <header className={classes(css['line'], isOverPicture && css['over'])} data-chrome>
      <h1 dir="auto">{title}</h1>
      {enteredAt !== null && <CallTime since={enteredAt} />}
      <span className={css['word']} role="status" {...(isAway && { 'data-notice': true })}>
        {isAway && (
          <>
            <CloudOff aria-hidden="true" />
            {strings.call.reconnecting}
          </>
        )}
      </span>
      <SmallWindow />
      <OwnQuality />
    </header>
  );
});

function CallTime({ since }: { readonly since: number }) {
  const seconds = Math.max(0, Math.floor((useNow() - since) / 1000));
  return <span className={css['time']}>{clock(seconds)}</span>;
}
