import DoorClosed from 'lucide-react/icons/door-closed';
import { useEffect, useRef } from 'react';
import { clock } from '../../lib/callPhrases';
import { strings } from '../../lib/callStrings';
import { Button } from '../shared/Button';
import { Note } from '../shared/Note';
import { useNow } from '../shared/useNow';
import { useSession } from '../useCall';
import css from './JoinPanel.module.css';

interface WaitingPanelProps {
  readonly since: number;
  /** Whether somebody is there who may let one in. */
  readonly isAttended: boolean;
}

/** Before the door: how long one waits for somebody to open. Devices can be tried meanwhile, beside it. */
export function WaitingPanel({ since, isAttended }: WaitingPanelProps) {
  const session = useSession();
  const heading = useRef<HTMLHeadingElement>(null);
  const seconds = Math.max(0, Math.floor((useNow() - since) / 1000));
  const { waiting } = strings;
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <section className={css['join']}>
      <div className={css['room']}>
        <h1 ref={heading} tabIndex={-1}>
          {waiting.title}
        </h1>
        <p className={css['who']} role="status">
          {isAttended ? waiting.text : waiting.alone}
        </p>
      </div>
      <Note
        icon={<DoorClosed aria-hidden="true" />}
        words={{ what: waiting.since({ time: clock(seconds) }), then: waiting.note }}
      />
      <Button
        look="line"
        size="big"
        wide
        onClick={() => {
          session.leave();
        }}
      >
        {waiting.stop}
      </Button>
    </section>
  );
}
