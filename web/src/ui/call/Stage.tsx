import { memo, startTransition, useCallback, useDeferredValue, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { others } from '../../call/callState';
import { LYING, prevailingRatio, shapeOf } from '../../call/layout';
import { pictureTile, place, screenTile, type Placement } from '../../call/scene';
import type { Participant } from '../../protocol/messages.gen';
import { strings } from '../../lib/callStrings';
import { named } from '../../lib/phrases';
import { Avatars } from '../shared/Avatar';
import { useCall, useSession } from '../useCall';
import { OwnTile } from './OwnTile';
import { RemoteTile } from './RemoteTile';
import { ScreenTile } from './ScreenTile';
import css from './Stage.module.css';
import { useStageChoice, useStageControl } from './StageChoice';
import { placed } from './tile';
import { useStage } from './useStage';
import { useVoices } from './Voices';

type Ratios = ReadonlyMap<string, number>;

const NOBODY: readonly string[] = [];
const FACES_OF_MORE = 3;

/** Everybody, each in their place. Tiles are moved by their style alone and keep their order, so that no
 *  picture ever starts again because somebody came or left.
 *
 *  Who comes is drawn in pieces, after what their link needs of the page: it is the longest of all that is drawn in
 *  a call. */
export const Stage = memo(function Stage() {
  const element = useRef<HTMLDivElement>(null);
  const stage = useStage(element);
  const control = useStageControl();
  const choice = useStageChoice((state) => state);
  const people = useDeferredValue(useCall(useShallow(others)));
  const speakers = useSpeakers(
    choice.view !== 'auto' || choice.pinned !== null || shapeOf(stage) === 'sliver',
  );
  const [ratios, setRatios] = useState<Ratios>(new Map());
  const { store } = useSession();
  const keepRatio = useCallback(
    (id: string, ratio: number | null) => {
      const present = idsOf(others(store.getState()));
      startTransition(() => {
        setRatios((known) => withRatio(known, id, ratio, present));
      });
    },
    [store],
  );
  const [ownPicture, setOwnPicture] = useState(LYING);
  const shapes = people.flatMap(({ id }) => ratios.get(id) ?? []);
  const sharing = people.filter(({ media }) => media.screen === true);
  const scene = { ...choice, ownPicture, people: idsOf(people), screens: idsOf(sharing), speakers };
  const { arrangement, cells, main, own, more } = place(stage, scene, prevailingRatio(shapes));
  return (
    <div
      ref={element}
      className={css['stage']}
      data-area
      data-arrangement={arrangement}
      data-corner={choice.corner}
    >
      <i className={css['letter']} data-letter aria-hidden="true" />
      {people.map((participant) => (
        <RemoteTile
          key={participant.id}
          participant={participant}
          cell={cells.get(pictureTile(participant.id)) ?? null}
          isFull={isFull(arrangement) && main === pictureTile(participant.id)}
          canBePinned={people.length > 1}
          isPinned={choice.pinned === pictureTile(participant.id)}
          onRatio={keepRatio}
        />
      ))}
      {sharing.map((participant) => {
        const cell = cells.get(screenTile(participant.id));
        return cell && <ScreenTile key={participant.id} participant={participant} cell={cell} />;
      })}
      {own !== null && <OwnTile cell={own} arrangement={arrangement} onRatio={setOwnPicture} />}
      {more !== null && (
        <button
          type="button"
          className={css['more']}
          style={placed(more.cell)}
          title={strings.stage.turn({ count: more.count })}
          onClick={() => {
            control.turnPage();
          }}
        >
          <Avatars names={unseen(people, cells)} />
          {strings.call.andMore({ count: more.count })}
        </button>
      )}
    </div>
  );
});

/** Who speaks, where that changes what is shown; elsewhere a voice draws nothing anew. */
function useSpeakers(isFollowed: boolean): readonly string[] {
  return useStore(useVoices().store, ({ speakers }) => (isFollowed ? speakers : NOBODY));
}

function idsOf(people: readonly Participant[]): readonly string[] {
  return people.map(({ id }) => id);
}

/** The first of those who have no place on this page of tiles. */
function unseen(people: readonly Participant[], cells: Placement['cells']): string[] {
  const hidden = people.filter(({ id }) => !cells.has(pictureTile(id)));
  return hidden.slice(0, FACES_OF_MORE).map(({ name }) => named(name));
}

function isFull(arrangement: Placement['arrangement']): boolean {
  return arrangement === 'pair' || arrangement === 'spotlight';
}

/** Of those who are `present`. */
function withRatio(known: Ratios, id: string, ratio: number | null, present: readonly string[]): Ratios {
  // A camera that is off for a while does not turn the stage over: the last shape is kept.
  if (ratio === null || known.get(id) === ratio) return known;
  return new Map([...known].filter(([other]) => present.includes(other))).set(id, ratio);
}
