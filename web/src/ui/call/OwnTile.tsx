import { useState } from 'react';
import { fitOf, type Arrangement, type Cell, type Size } from '../../call/layout';
import { strings } from '../../lib/callStrings';
import { Avatar } from '../shared/Avatar';
import { classes } from '../shared/classes';
import { VideoView } from '../shared/VideoView';
import { useCall } from '../useCall';
import { NameTag } from './NameTag';
import { handOf } from '../../call/Talk';
import { placed } from './tile';
import css from './Tile.module.css';
import { TileMarks } from './TileMarks';

interface OwnTileProps {
  readonly cell: Cell;
  readonly arrangement: Arrangement;
}

/** Oneself, as in a mirror: alone the whole stage, in a call of two a small picture, else the last tile. */
export function OwnTile({ cell, arrangement }: OwnTileProps) {
  const preview = useCall((state) => (state.media.camera.state === 'on' ? state.media.preview : null));
  const isMuted = useCall((state) => state.media.microphone.state !== 'on');
  const name = useCall((state) => state.room?.participants.find(({ id }) => id === state.selfId)?.name ?? '');
  const id = useCall((state) => state.selfId);
  const isHandUp = useCall((state) => handOf(state) !== null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  return (
    <div
      role="group"
      aria-label={strings.you}
      className={classes(css['tile'], css['own'], css[arrangement])}
      style={placed(cell)}
    >
      {preview === null ? (
        <div className={classes(css['over'], css['face'])}>
          <Avatar name={name} large />
        </div>
      ) : (
        <VideoView
          stream={preview}
          className={classes(css['picture'], css[arrangement === 'grid' ? fitOf(cell, size) : 'cover'])}
          onResize={({ currentTarget: { videoWidth, videoHeight } }) => {
            setSize({ width: videoWidth, height: videoHeight });
          }}
        />
      )}
      {id !== null && <TileMarks id={id} isHandUp={isHandUp} isFull={arrangement === 'alone'} />}
      <NameTag name={strings.you} isMuted={isMuted} />
    </div>
  );
}
