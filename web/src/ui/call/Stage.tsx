import { useCallback, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { others } from '../../call/callState';
import { layOut, prevailingRatio } from '../../call/layout';
import { strings } from '../../lib/callStrings';
import { useCall } from '../useCall';
import { OwnTile } from './OwnTile';
import { RemoteTile } from './RemoteTile';
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
  const layout = layOut(stage, people.length, prevailingRatio(shapes));
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
      <OwnTile cell={layout.own} arrangement={layout.arrangement} />
      {layout.more !== null && (
        <div className={css['more']} style={placed(layout.more)}>
          {strings.call.andMore({ count: people.length - layout.others.length })}
        </div>
      )}
    </div>
  );
}

function withRatio(known: Ratios, id: string, ratio: number | null): Ratios {
  // A camera that is off for a while does not turn the stage over: the last shape is kept.
  if (ratio === null || known.get(id) === ratio) return known;
  return new Map(known).set(id, ratio);
}
