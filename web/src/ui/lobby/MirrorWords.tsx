import Camera from 'lucide-react/icons/camera';
import Lock from 'lucide-react/icons/lock';
import VideoOff from 'lucide-react/icons/video-off';
import type { ReactNode } from 'react';
import { strings, type Words } from '../../lib/strings';
import { Arc } from '../shared/Arc';
import { Button } from '../shared/Button';
import { useLate } from '../shared/useLate';
import { useCall, useSession } from '../useCall';
import type { Mirror } from './mirror';
import css from './MirrorWords.module.css';

/** In place of one's own picture: what happened, and what to do. */
export function MirrorWords({ mirror }: { readonly mirror: Mirror }) {
  const { media } = useSession();
  const wantsCamera = useCall((state) => state.media.camera.wanted);
  const isLate = useLate(mirror.name === 'starting' || mirror.name === 'unknown', 500);
  switch (mirror.name) {
    case 'picture':
      return null;
    case 'unknown':
    case 'starting':
      return isLate ? <Arc /> : null;
    case 'ask':
      return (
        <Said icon={<Camera aria-hidden="true" />} words={askWords(mirror.again, wantsCamera)}>
          <Button look="primary" onClick={() => void media.ask()}>
            {strings.lobby.askNow}
          </Button>
        </Said>
      );
    case 'asking':
      return <Said icon={<Camera aria-hidden="true" />} words={strings.lobby.asking} />;
    case 'refused':
      return <Said icon={<VideoOff aria-hidden="true" />} words={strings.lobby.refused} />;
    case 'insecure':
      return <Said icon={<Lock aria-hidden="true" />} words={strings.lobby.insecure} />;
    case 'off':
      return <Said words={strings.lobby.cameraOff} />;
    case 'failed':
      return <Said words={strings.device.camera[mirror.problem]} />;
  }
}

function askWords(again: boolean, wantsCamera: boolean): Words {
  if (again) return strings.lobby.askAgain;
  return wantsCamera ? strings.lobby.ask : strings.lobby.askMicrophone;
}

interface SaidProps {
  readonly icon?: ReactNode;
  readonly words: Words;
  readonly children?: ReactNode;
}

function Said({ icon, words, children }: SaidProps) {
  return (
    <div className={css['said']} role="status">
      {icon}
      <h2>{words.what}</h2>
      <p>{words.then}</p>
      {children}
    </div>
  );
}
