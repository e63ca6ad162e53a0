import DoorOpen from 'lucide-react/icons/door-open';
import { strings } from '../../lib/callStrings';
import { named, people } from '../../lib/phrases';
import type { Knock } from '../../protocol/messages.gen';
import { Button } from '../shared/Button';
import { useCall } from '../useCall';
import type { NoticeBoard } from './NoticeBoard';
import css from './Notices.module.css';
import { NoticeView } from './NoticeView';
import type { PanelChoice } from './panel/usePanel';
import { useAsk } from './useAsk';

const NAMED = 2;

/** From so many on it may be a flood: nobody lets all in before they have seen who they are. */
export const CROWD = 20;

interface KnockNoticeProps {
  readonly board: NoticeBoard;
  readonly panel: PanelChoice;
}

/** Somebody is at the door, and one may open it. Stays until it is answered, by whomever. */
export function KnockNotice({ board, panel }: KnockNoticeProps) {
  const ask = useAsk(board);
  const knocks = useCall((state) => state.knocks);
  const [first] = knocks;
  if (first === undefined) return null;
  const isOne = knocks.length === 1;
  const isCrowd = knocks.length >= CROWD;
  const what = isOne
    ? strings.door.one({ name: named(first.name) })
    : strings.door.many({ count: knocks.length });
  // Where the door is shown already nothing has to point at it; it is only said.
  if (panel.shown === 'people') return <p className="aside">{what}</p>;
  const names = knocks.map(({ name }) => name);
  return (
    <NoticeView
      icon={<DoorOpen aria-hidden="true" />}
      words={{ what, then: isOne ? whoIs(first) : people(names, NAMED) }}
      isBrief={!isOne}
      {...(isOne && { who: named(first.name) })}
    >
      {isOne ? (
        <span className={css['answers']}>
          <Button look="ghost" onClick={() => void ask('deny', { knock: first.id })}>
            {strings.door.deny}
          </Button>
          <Button look="primary" onClick={() => void ask('admit', { knock: first.id })}>
            {strings.door.admit}
          </Button>
        </span>
      ) : (
        <span className={css['answers']}>
          <Button
            look={isCrowd ? 'primary' : 'ghost'}
            onClick={() => {
              panel.toggle('people');
            }}
          >
            {strings.door.see}
          </Button>
          {!isCrowd && (
            <Button look="primary" onClick={() => void ask('admitAll', {})}>
              {strings.door.admitAll}
            </Button>
          )}
        </span>
      )}
    </NoticeView>
  );
}

/** How the server knows somebody: a name alone can be typed by anybody. */
export function whoIs({ account }: Knock): string {
  return account == null ? strings.door.guest : strings.door.account({ account });
}
