import { titleOf, type Phase } from '../../call/callState';
import { summaryOf } from '../../lib/callPhrases';
import { strings } from '../../lib/callStrings';
import { wordsFor } from '../../lib/problemStrings';
import { PageLink } from '../PageLink';
import { Avatars } from '../shared/Avatar';
import { Button, buttonClass } from '../shared/Button';
import { Page } from '../shared/Page';
import { Sheet } from '../shared/Sheet';
import { useCall } from '../useCall';

export type Ended = Extract<Phase, { name: 'ended' }>;

interface AfterPageProps {
  readonly phase: Ended;
  readonly isComingBack: boolean;
  readonly onBack: () => void;
}

/** After a call: who was there, and the way back in. */
export function AfterPage({ phase, isComingBack, onBack }: AfterPageProps) {
  const { title, text } = wordsOf(phase, useCall(titleOf));
  return (
    <Page title={title}>
      <Sheet
        above={phase.summary.met.length > 0 ? <Avatars names={phase.summary.met} /> : undefined}
        title={title}
        text={text}
      >
        <Button look="primary" size="big" busy={isComingBack} onClick={onBack}>
          {strings.after.back}
        </Button>
        <PageLink to={{ name: 'home' }} className={buttonClass({ size: 'big' })}>
          {strings.home}
        </PageLink>
      </Sheet>
    </Page>
  );
}

function wordsOf({ reason, problem, summary }: Ended, room: string): { title: string; text: string } {
  switch (reason) {
    case 'left':
      return {
        title: strings.after.left({ room }),
        text: summaryOf(summary.seconds, summary.met, summary.stillInside),
      };
    case 'replaced':
    case 'removed':
    case 'closed':
    case 'account':
      return { title: strings.after[reason].what, text: strings.after[reason].then };
    case 'refused': {
      const words = wordsFor(problem?.code ?? 'not_in_room');
      return { title: words.what, text: words.then };
    }
  }
}
