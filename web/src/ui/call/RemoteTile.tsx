import { memo, useCallback, useEffect, useRef, useState } from 'react';
import type { Participant } from '../../protocol/messages.gen';
import { standIn, type Cell } from '../../call/layout';
import { pictureTile } from '../../call/scene';
import type { Speaking } from '../../call/VoiceWatch';
import { named } from '../../lib/phrases';
import { Avatar } from '../shared/Avatar';
import { classes } from '../shared/classes';
import { useCall, useSession } from '../useCall';
import { Farewell } from './Farewell';
import { NameTag } from './NameTag';
import { PersonQuality } from './PersonQuality';
import { useSound } from './SoundGate';
import { heightOf, placed, statusOf } from './tile';
import css from './Tile.module.css';
import { TileMarks } from './TileMarks';
import { PausedPicture, TileStatus } from './TileStatus';
import { usePicture } from './usePicture';
import { useSpeaking } from './useSpeaking';
import { useVoices } from './Voices';

const UNSEEN = { fit: 'cover', height: 1 } as const;

interface RemoteTileProps {
  readonly participant: Participant;
  /** null: there is no room to show them, but they are heard. */
  readonly cell: Cell | null;
  /** The one other in a call of two: without edges, behind everything. */
  readonly isFull: boolean;
  /** Whether there are others than whom they can be larger. */
  readonly canBePinned: boolean;
  readonly isPinned: boolean;
  /** Tells the shape of the picture (width / height), and null when it has none. */
  readonly onRatio: (id: string, ratio: number | null) => void;
}

/** Somebody else: picture, sound, name. The video is there from the first moment to the last, because it
 *  carries the sound; a face in its place is laid over it. */
export const RemoteTile = memo(function RemoteTile({
  participant,
  cell,
  isFull,
  canBePinned,
  isPinned,
  onRatio,
}: RemoteTileProps) {
  const { id, media } = participant;
  const name = named(participant.name);
  const link = useCall((state) => state.links.get(id));
  const speakerId = useCall((state) => state.media.speakerId);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const isPaused = useCall((state) => state.qualities.get(id)?.theirsPaused === true) && media.video;
  const session = useSession();
  const onFirstFrame = useCallback(() => {
    session.sawFrame(id);
  }, [session, id]);
  const picture = usePicture(video, media.video && !isPaused, onFirstFrame);
  const status = statusOf(link);
  useSound(video, link?.stream ?? null, speakerId, participant.silenced === true);

  const { width, height } = picture.size;
  const ratio = picture.isShown && height > 0 ? width / height : null;
  useEffect(() => {
    onRatio(id, ratio);
  }, [id, ratio, onRatio]);

  useView(id, cell);
  const element = useRef<HTMLElement>(null);
  useSpeaking(
    element,
    useVoices().store,
    useCallback(({ speaking }: Speaking) => speaking.has(id), [id]),
  );
  const { fit, height: filled } = cell === null ? UNSEEN : standIn(cell, picture.size);
  return (
    <figure
      ref={element}
      aria-label={name}
      className={classes(css['tile'], isFull && css['full'], cell === null && css['unseen'])}
      style={cell === null ? undefined : placed(cell)}
    >
      <video
        ref={setVideo}
        className={classes(css['picture'], css[fit], status !== null && css['dim'])}
        style={heightOf(filled)}
        autoPlay
        playsInline
        disablePictureInPicture
      />
      <div className={classes(css['over'], !picture.isShown && css['face'])}>
        {!picture.isShown && <Avatar name={name} large />}
        {isPaused && status === null && <PausedPicture />}
        {status !== null && <TileStatus status={status} name={name} lostAt={link?.lostAt ?? null} />}
      </div>
      <TileMarks id={id} isHandUp={participant.hand != null} isFull={isFull} />
      <NameTag
        name={name}
        isMuted={!media.audio}
        fades={isFull}
        pin={canBePinned ? { tile: pictureTile(id), isPinned } : null}
      >
        <PersonQuality id={id} name={name} isOnTile />
      </NameTag>
      <Farewell />
    </figure>
  );
}, isSame);

/** The same place in another object is no news. */
function isSame(
  { cell: one, ...before }: RemoteTileProps,
  { cell: other, ...after }: RemoteTileProps,
): boolean {
  const isSameCell =
    one === other ||
    (one !== null &&
      other !== null &&
      (['x', 'y', 'width', 'height'] as const).every((side) => one[side] === other[side]));
  return (
    isSameCell && Object.entries(before).every(([key, value]) => value === after[key as keyof typeof after])
  );
}

/** Tells them how large they are shown. */
function useView(id: string, cell: Cell | null): void {
  const { care } = useSession();
  const width = Math.round((cell?.width ?? 0) * devicePixelRatio);
  const height = Math.round((cell?.height ?? 0) * devicePixelRatio);
  useEffect(() => {
    care.show(id, { width, height });
  }, [care, id, width, height]);
}
