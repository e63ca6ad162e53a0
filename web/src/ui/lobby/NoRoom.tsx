import { problemStrings } from '../../lib/problemStrings';
import { roomStrings, when } from '../../lib/roomStrings';
import { strings, type Words } from '../../lib/strings';
import { PageLink } from '../PageLink';
import { buttonClass } from '../shared/Button';
import { Page } from '../shared/Page';
import { Sheet } from '../shared/Sheet';
import { StartRoom } from '../shared/StartRoom';
import { useCall } from '../useCall';

interface NoRoomProps {
  /** Its time is over; else there is none. */
  readonly isOver: boolean;
}

/** Instead of the lobby of a room that is not there, or not any more. */
export default function NoRoom({ isOver }: NoRoomProps) {
  const roomId = useCall((state) => state.roomId);
  const door = useCall(({ lookup }) => (lookup.name === 'found' ? lookup.door : null));
  const isHost = door?.role === 'host';
  const { what, then } = isOver
    ? overWords(door?.expiresAt ?? null, isHost)
    : { what: roomStrings.missing({ room: roomId }), then: problemStrings.room_not_found.then };
  const hasMore = isOver && isHost;
  return (
    <Page title={what}>
      <Sheet title={what} text={then}>
        <StartRoom />
        <PageLink
          to={hasMore ? { name: 'account', page: 'rooms' } : { name: 'home' }}
          className={buttonClass({ size: 'big' })}
        >
          {hasMore ? roomStrings.mine.title : strings.home}
        </PageLink>
      </Sheet>
    </Page>
  );
}

function overWords(until: number | null, isHost: boolean): Words {
  const words = problemStrings.room_over;
  if (until === null) return words;
  const then = isHost ? roomStrings.overOwn : roomStrings.over;
  return { what: words.what, then: then({ when: when(until) }) };
}
