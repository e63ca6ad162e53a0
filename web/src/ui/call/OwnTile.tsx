import { useCallback, useRef, useState } from 'react';
import { standIn, type Cell, type Corner, type Size } from '../../call/layout';
import type { Arrangement } from '../../call/scene';
import { handOf } from '../../call/Talk';
import { strings } from '../../lib/callStrings';
import { Avatar } from '../shared/Avatar';
import { classes } from '../shared/classes';
import { VideoView } from '../shared/VideoView';
import { useCall } from '../useCall';
import { NameTag } from './NameTag';
import { useOwnVoice } from './OwnVoice';
import { useStageChoice, useStageControl } from './StageChoice';
import { heightOf, placed } from './tile';
import css from './Tile.module.css';
import { TileMarks } from './TileMarks';
import { useDragToCorner } from './useDragToCorner';
import { useSpeaking } from './useSpeaking';

const FILLS = { fit: 'cover', height: 1 } as const;

interface OwnTileProps {
  readonly cell: Cell;
  readonly arrangement: Arrangement;
  /** Its shape, width / height. */
  readonly onRatio: (ratio: number) => void;
}

/** Oneself, as in a mirror: alone the whole stage, beside one who has it all a small picture that goes to any corner,
 *  else the last tile. */
export function OwnTile({ cell, arrangement, onRatio }: OwnTileProps) {
  const preview = useCall((state) => (state.media.camera.state === 'on' ? state.media.preview : null));
  const isTurned = useCall((state) => state.media.camera.facing === 'environment');
  const isMuted = useCall((state) => state.media.microphone.state !== 'on');
  const name = useCall((state) => state.room?.participants.find(({ id }) => id === state.selfId)?.name ?? '');
  const id = useCall((state) => state.selfId);
  const isHandUp = useCall((state) => handOf(state) !== null);
  const control = useStageControl();
  const corner = useStageChoice((choice) => choice.corner);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const move = useCallback(
    (to: Corner) => {
      control.moveOwn(to);
    },
    [control],
  );
  const drag = useDragToCorner(corner, move);
  const element = useRef<HTMLDivElement>(null);
  useSpeaking(element, useOwnVoice().store, isSpeaking);
  const floats = arrangement === 'pair' || arrangement === 'spotlight';
  const fills = floats || arrangement === 'alone';
  const { fit, height: filled } = fills ? FILLS : standIn(cell, size);
  return (
    <div
      ref={element}
      role="group"
      aria-label={strings.you}
      className={classes(css['tile'], css['own'], floats ? css['pair'] : css[arrangement])}
      style={placed(cell)}
      {...(isMuted && { 'data-muted': true })}
      {...(floats && { tabIndex: 0, 'aria-description': strings.stage.moveOwn, ...drag })}
    >
      {preview === null ? (
        <div className={classes(css['over'], css['face'])}>
          <Avatar name={name} large />
        </div>
      ) : (
        <VideoView
          stream={preview}
          className={classes(css['picture'], css[fit], isTurned && css['turned'])}
          style={heightOf(filled)}
          onResize={({ currentTarget: { videoWidth, videoHeight } }) => {
            setSize({ width: videoWidth, height: videoHeight });
            if (videoHeight > 0) onRatio(videoWidth / videoHeight);
          }}
        />
      )}
      {id !== null && <TileMarks id={id} isHandUp={isHandUp} isFull={arrangement === 'alone'} />}
      <NameTag name={strings.you} isMuted={isMuted} />
    </div>
  );
}

function isSpeaking(voice: { readonly isSpeaking: boolean }): boolean {
  return voice.isSpeaking;
}
