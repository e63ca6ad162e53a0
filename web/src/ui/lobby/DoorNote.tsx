import CircleAlert from 'lucide-react/icons/circle-alert';
import Clock from 'lucide-react/icons/clock';
import DoorClosed from 'lucide-react/icons/door-closed';
import KeyRound from 'lucide-react/icons/key-round';
import Lock from 'lucide-react/icons/lock';
import UserRoundX from 'lucide-react/icons/user-round-x';
import type { DoorView } from '../../call/callState';
import type { ErrorCode } from '../../lib/errors';
import { wordsFor } from '../../lib/problemStrings';
import { roomStrings, when } from '../../lib/roomStrings';
import type { Words } from '../../lib/strings';
import { Note } from '../shared/Note';
import { useCall } from '../useCall';

const ICONS: Partial<Record<ErrorCode, typeof Lock>> = {
  excluded: UserRoundX,
  knock_denied: DoorClosed,
  lobby_full: DoorClosed,
  passcode_needed: KeyRound,
  passcode_wrong: KeyRound,
  rate_limited: Clock,
  room_locked: Lock,
  room_not_open: Clock,
};

/** Why the door stays closed, as the server says. */
export default function DoorNote({ code }: { readonly code: ErrorCode }) {
  const door = useCall(({ lookup }) => (lookup.name === 'found' ? lookup.door : null));
  const Icon = ICONS[code] ?? CircleAlert;
  const isNews = code !== 'room_not_open';
  return (
    <Note
      icon={<Icon aria-hidden="true" />}
      look={isNews ? 'caution' : 'plain'}
      words={wordsAt(door, code)}
    />
  );
}

function wordsAt(door: DoorView | null, code: ErrorCode): Words {
  if (code === 'rate_limited' && door?.hasPasscode === true) return roomStrings.guesses;
  if (code === 'room_not_open' && door?.opensAt != null) {
    const { what, then, early } = roomStrings.opens;
    return { what: what({ when: when(door.opensAt) }), then: door.role === null ? then : early };
  }
  return wordsFor(code);
}
