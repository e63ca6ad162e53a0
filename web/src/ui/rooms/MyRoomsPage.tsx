import { useState } from 'react';
import { roomStrings } from '../../lib/roomStrings';
import { strings } from '../../lib/strings';
import { ownRooms } from '../../protocol/roomApi';
import { PageLink } from '../PageLink';
import { Button, buttonClass } from '../shared/Button';
import { Page } from '../shared/Page';
import { StartRoom } from '../shared/StartRoom';
import { useAct, useAsked } from '../shared/useAsked';
import { allOwnRooms, type OwnRoom } from './hostedRooms';
import css from './MyRooms.module.css';
import { RoomCard } from './RoomCard';
import { FormProblem } from './RoomForm';

/** The rooms that one has made, or looks after. */
export function MyRoomsPage() {
  const [asked, know] = useAsked(allOwnRooms);
  const [deleted, setDeleted] = useState<string | null>(null);
  const { isBusy, failure, run } = useAct();
  const words = roomStrings.mine;
  const own = asked.name === 'known' ? asked.value : null;
  const goOn = (known: NonNullable<typeof own>) =>
    void run(async () => {
      const oldest = known.rooms.findLast(({ hostKey }) => hostKey === null);
      const { rooms, more } = await ownRooms(oldest?.room.createdAt);
      const next = rooms.map((room): OwnRoom => ({ room, hostKey: null }));
      know({ ...known, rooms: [...known.rooms, ...next], more });
    });
  return (
    <Page title={words.title}>
      <main className={css['rooms']}>
        <h1>{words.title}</h1>
        <FormProblem code={asked.name === 'failed' ? asked.code : failure} />
        <p role="status" className={css['fine']}>
          {deleted !== null && words.deleted({ room: deleted })}
        </p>
        {own?.rooms.length === 0 && (
          <div className={css['none']}>
            <h2>{words.none}</h2>
            <p>{words.noneText}</p>
            <StartRoom />
          </div>
        )}
        {own !== null && (
          <ul>
            {own.rooms.map(({ room, hostKey }) => (
              <RoomCard
                key={room.id}
                room={room}
                hostKey={hostKey}
                onRoom={(changed) => {
                  know({
                    ...own,
                    rooms: own.rooms.map((one) =>
                      one.room.id === changed.id ? { ...one, room: changed } : one,
                    ),
                  });
                }}
                onDeleted={() => {
                  setDeleted(room.name || room.id);
                  know({ ...own, rooms: own.rooms.filter((one) => one.room.id !== room.id) });
                }}
              />
            ))}
          </ul>
        )}
        {own?.more === true && (
          <Button
            look="line"
            busy={isBusy}
            onClick={() => {
              goOn(own);
            }}
          >
            {words.more}
          </Button>
        )}
        {own?.isSignedIn === false && (
          <p className={css['fine']}>
            {words.guest}{' '}
            <PageLink to={{ name: 'account', page: 'sign-in' }} className={buttonClass({ look: 'ghost' })}>
              {strings.signIn}
            </PageLink>
          </p>
        )}
      </main>
    </Page>
  );
}
