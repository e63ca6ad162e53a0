import DoorOpen from 'lucide-react/icons/door-open';
import { act } from '../../call/chair';
import { strings } from '../../lib/callStrings';
import { named } from '../../lib/phrases';
import type { Knock } from '../../protocol/messages.gen';
import { Button } from '../shared/Button';
import { useCall, useSession } from '../useCall';
import { NoticeView } from './NoticeView';

/** Somebody is at the door, and one may open it. Stays until it is answered, by whomever. */
export function KnockNotice() {
  const session = useSession();
  const knocks = useCall((state) => state.knocks);
  const [first] = knocks;
  if (first === undefined) return null;
  const isOne = knocks.length === 1;
  const words = isOne
    ? { what: strings.door.one({ name: named(first.name) }), then: whoIs(first) }
    : {
        what: strings.door.many({ count: knocks.length }),
        then: knocks.map(({ name }) => named(name)).join(', '),
      };
  return (
    <NoticeView icon={<DoorOpen aria-hidden="true" />} words={words}>
      {isOne && (
        <Button
          look="ghost"
          onClick={() => {
            void act(session, 'deny', { knock: first.id });
          }}
        >
          {strings.door.deny}
        </Button>
      )}
      <Button
        look="primary"
        onClick={() => {
          if (isOne) void act(session, 'admit', { knock: first.id });
          else void act(session, 'admitAll', {});
        }}
      >
        {isOne ? strings.door.admit : strings.door.admitAll}
      </Button>
    </NoticeView>
  );
}

/** How the server knows somebody: a name alone can be typed by anybody. */
export function whoIs({ account }: Knock): string {
  return account == null ? strings.door.guest : strings.door.account({ account });
}
