import { useId, useState } from 'react';
import { people } from '../../lib/phrases';
import { roomStrings, when } from '../../lib/roomStrings';
import type { ListedRoom } from '../../protocol/messages.gen';
import type { HostKey } from '../../protocol/roomApi';
import { PageLink } from '../PageLink';
import { Button, buttonClass } from '../shared/Button';
import css from './MyRooms.module.css';
import { RoomSettings } from './RoomSettings';
import { ShareRoom } from './ShareRoom';

interface RoomCardProps {
  readonly room: ListedRoom;
  readonly hostKey: HostKey;
  readonly onRoom: (room: ListedRoom) => void;
  readonly onDeleted: () => void;
}

/** One room of the list: how it is, the way in, and what may be done with it. */
export function RoomCard({ room, hostKey, onRoom, onDeleted }: RoomCardProps) {
  const [shown, setShown] = useState<'share' | 'settings' | null>(null);
  const partId = useId();
  const words = roomStrings.mine;
  const title = room.name || room.id;
  const opener = (part: 'share' | 'settings', label: string, name: string) => (
    <Button
      look="line"
      aria-label={name}
      aria-expanded={shown === part}
      aria-controls={partId}
      onClick={() => {
        setShown(shown === part ? null : part);
      }}
    >
      {label}
    </Button>
  );
  return (
    <li className={css['card']}>
      <div className={css['head']}>
        <div>
          <h2 dir="auto">{title}</h2>
          {room.name !== '' && <p className={css['id']}>{room.id}</p>}
          <p>{now(room)}</p>
          <Marks room={room} />
        </div>
        <div className={css['ways']}>
          <PageLink
            to={{ name: 'room', roomId: room.id }}
            className={buttonClass({ look: 'plain' })}
            aria-label={words.enterNamed({ room: title })}
          >
            {words.enter}
          </PageLink>
          {opener('share', words.share, words.shareOf({ room: title }))}
          {room.role === 'host' && opener('settings', words.settings, words.settingsOf({ room: title }))}
        </div>
      </div>
      <div id={partId} className={css['part']}>
        {shown === 'share' && <ShareRoom roomId={room.id} title={title} />}
        {shown === 'settings' && (
          <RoomSettings id={room.id} hostKey={hostKey} onRoom={onRoom} onDeleted={onDeleted} />
        )}
      </div>
    </li>
  );
}

/** What goes on there. */
function now({ inside, waiting, lastCallAt }: ListedRoom): string {
  const words = roomStrings.mine;
  const who =
    inside.length === 0 ? words.nobody : words.inside({ count: inside.length, people: people(inside) });
  const last = lastCallAt === null ? null : words.lastCall({ when: when(lastCallAt) });
  const door = waiting === 0 ? null : words.waiting({ count: waiting });
  return [who, door ?? (inside.length === 0 ? last : null)].filter((part) => part !== null).join(' · ');
}

/** What is special about it, in words. */
function Marks({ room }: { readonly room: ListedRoom }) {
  const words = roomStrings.mine;
  const { state, opensAt, expiresAt } = room;
  const marks = [
    room.role === 'moderator' && words.moderator,
    state === 'over' && expiresAt !== null && words.over({ when: when(expiresAt) }),
    state === 'notOpen' && opensAt !== null && words.opens({ when: when(opensAt) }),
    state !== 'over' && expiresAt !== null && words.ends({ when: when(expiresAt) }),
    room.passcode && words.passcode,
    room.lobby && words.lobby,
    room.locked && words.locked,
    room.once && state !== 'over' && words.once,
  ].filter((mark) => mark !== false);
  if (marks.length === 0) return null;
  return (
    <ul className={css['marks']}>
      {marks.map((mark) => (
        <li key={mark}>{mark}</li>
      ))}
    </ul>
  );
}
