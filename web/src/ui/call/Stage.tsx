import { useCallback, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { others } from '../../call/callState';
import { layOut, prevailingRatio, type Layout, type Stage as Place } from '../../call/layout';
import { layOutScreens } from '../../call/screenLayout';
import { strings } from '../../lib/callStrings';
import { useCall } from '../useCall';
import { OwnTile } from './OwnTile';
import { RemoteTile } from './RemoteTile';
import { ScreenTile } from './ScreenTile';
import css from './Stage.module.css';
import { placed } from './tile';
import { useStage } from './useStage';

type Ratios = ReadonlyMap<string, number>;

/** Everybody, each in their place. Tiles are moved by their style alone and keep their order, so that no
 *  picture ever starts again because somebody came or left. */
export function Stage() {
  const element = useRef<HTMLDivElement>(null);
  const stage = useStage(element);
  const people = useCall(useShallow(others));
  const [ratios, setRatios] = useState<Ratios>(new Map());
  const keepRatio = useCallback((id: string, ratio: number | null) => {
    setRatios((known) => withRatio(known, id, ratio));
  }, []);
  const shapes = people.flatMap(({ id }) => ratios.get(id) ?? []);
  const sharing = people.filter(({ media }) => media.screen === true);
  const layout =
    sharing.length > 0
      ? withScreens(stage, sharing.length, people.length)
      : { ...layOut(stage, people.length, prevailingRatio(shapes)), screens: [] };
  return (
    <div ref={element} className={css['stage']} data-arrangement={layout.arrangement}>
      {people.map((participant, place) => (
        <RemoteTile
          key={participant.id}
          participant={participant}
          cell={layout.others[place] ?? null}
          isFull={layout.arrangement === 'pair'}
          onRatio={keepRatio}
        />
      ))}
      {sharing.map((participant, place) => {
        const cell = layout.screens[place];
        return cell && <ScreenTile key={participant.id} participant={participant} cell={cell} />;
      })}
      <OwnTile cell={layout.own} arrangement={layout.arrangement} />
      {layout.more !== null && (
        <div className={css['more']} style={placed(layout.more)}>
          {strings.call.andMore({ count: people.length - layout.others.length })}
        </div>
      )}
    </div>
  );
}

/** With a screen among them the faces stand as in a grid, and who has no place is heard. */
function withScreens(stage: Place, screens: number, others: number) {
  const arrangement: Layout['arrangement'] = 'grid';
  return { ...layOutScreens(stage, screens, others), arrangement, more: null };
}

function withRatio(known: Ratios, id: string, ratio: number | null): Ratios {
  // A camera that is off for a while does not turn the stage over: the last shape is kept.
  if (ratio === null || known.get(id) === ratio) return known;
  return new Map(known).set(id, ratio);
}
