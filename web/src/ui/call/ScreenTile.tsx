import Maximize from 'lucide-react/icons/maximize';
import Minimize from 'lucide-react/icons/minimize';
import ScreenShare from 'lucide-react/icons/screen-share';
import ZoomIn from 'lucide-react/icons/zoom-in';
import ZoomOut from 'lucide-react/icons/zoom-out';
import { useRef, useState, type ReactNode } from 'react';
import type { Cell } from '../../call/layout';
import { screenTile } from '../../call/scene';
import { strings } from '../../lib/callStrings';
import { named } from '../../lib/phrases';
import type { Participant } from '../../protocol/messages.gen';
import { Arc } from '../shared/Arc';
import { classes } from '../shared/classes';
import { useCall } from '../useCall';
import { Farewell } from './Farewell';
import css from './ScreenTile.module.css';
import { PinName } from './NameTag';
import { useSound } from './SoundGate';
import { useStageChoice } from './StageChoice';
import { placed } from './tile';
import tile from './Tile.module.css';
import { useFullScreen } from './useFullScreen';
import { usePicture } from './usePicture';
import { useZoom } from './useZoom';

const STEP = 1.5;

/** Somebody's screen, whole; one can look closer at it, and fill one's own screen with it. */
export function ScreenTile({
  participant,
  cell,
}: {
  readonly participant: Participant;
  readonly cell: Cell;
}) {
  const { id } = participant;
  const label = strings.share.screenOf({ name: named(participant.name) });
  const stream = useCall((state) => state.links.get(id)?.screen ?? null);
  const speakerId = useCall((state) => state.media.speakerId);
  const figure = useRef<HTMLElement>(null);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const isPinned = useStageChoice(({ pinned }) => pinned === screenTile(id));
  const { isShown } = usePicture(video, true);
  const { zoom, style, by, reset } = useZoom(figure);
  const fullScreen = useFullScreen(figure);
  useSound(video, stream, speakerId);
  return (
    <figure
      ref={figure}
      aria-label={label}
      className={classes(tile['tile'], css['screen'])}
      style={placed(cell)}
      data-screen={id}
    >
      <video
        ref={setVideo}
        className={css['picture']}
        style={style}
        autoPlay
        playsInline
        disablePictureInPicture
      />
      {!isShown && (
        <div className={tile['over']}>
          <Arc />
          <span>{strings.share.coming}</span>
        </div>
      )}
      <div className={css['tools']} data-chrome>
        {zoom.scale > 1 && (
          <Tool isZoom label={strings.share.whole} onPress={reset}>
            {strings.share.scale({ scale: zoom.scale })}
          </Tool>
        )}
        <Tool
          isZoom
          label={strings.share.farther}
          onPress={() => {
            by(1 / STEP);
          }}
        >
          <ZoomOut aria-hidden="true" />
        </Tool>
        <Tool
          isZoom
          label={strings.share.closer}
          onPress={() => {
            by(STEP);
          }}
        >
          <ZoomIn aria-hidden="true" />
        </Tool>
        {fullScreen.isPossible && (
          <Tool
            label={fullScreen.isOn ? strings.share.leaveFullScreen : strings.share.fullScreen}
            onPress={fullScreen.toggle}
          >
            {fullScreen.isOn ? <Minimize aria-hidden="true" /> : <Maximize aria-hidden="true" />}
          </Tool>
        )}
      </div>
      <div className={tile['tag']}>
        <ScreenShare aria-hidden="true" className={css['mark']} />
        <PinName name={label} tile={screenTile(id)} isPinned={isPinned} />
      </div>
      <Farewell />
    </figure>
  );
}

interface ToolProps {
  /** Of no use on a small tile. */
  readonly isZoom?: boolean;
  readonly label: string;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

function Tool({ isZoom = false, label, onPress, children }: ToolProps) {
  return (
    <button
      type="button"
      className={classes(isZoom && css['zoom'])}
      aria-label={label}
      title={label}
      onClick={onPress}
    >
      {children}
    </button>
  );
}
