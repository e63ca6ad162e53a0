import Headphones from 'lucide-react/icons/headphones';
import { strings } from '../../lib/callStrings';
import { useCall, useSession } from '../useCall';
import { DeviceChoices } from './DeviceChoices';
import css from './DevicesMenu.module.css';
import { FlipCamera } from './FlipCamera';
import { HideAddress } from './HideAddress';
import { OriginalSound } from './OriginalSound';

/** Of what a menu is: of everything, of what is heard, or of the camera. */
type Part = 'all' | 'sound' | 'camera';

interface DeviceOptionsProps {
  readonly part?: Part;
  readonly onChosen: () => void;
  /** "Test my sound". */
  readonly onTest: () => void;
}

/** What can be chosen of devices, as a part of a menu. */
export function DeviceOptions({ part = 'all', onChosen, onTest }: DeviceOptionsProps) {
  return (
    <>
      <AllChoices part={part} onChosen={onChosen} />
      <div role="group" className={css['group']}>
        {part !== 'sound' && <FlipCamera onFlipped={onChosen} />}
        {part !== 'camera' && (
          <button type="button" role="menuitem" className={css['item']} tabIndex={-1} onClick={onTest}>
            <Headphones aria-hidden="true" />
            {strings.deviceMenu.test}
          </button>
        )}
      </div>
      {part !== 'camera' && <OriginalSound />}
      {part === 'all' && <HideAddress />}
    </>
  );
}

function AllChoices({ part = 'all', onChosen }: Pick<DeviceOptionsProps, 'part' | 'onChosen'>) {
  const { media } = useSession();
  const { devices, microphone, camera, speakerId, permission } = useCall((state) => state.media);
  const { microphones, cameras, speakers } = devices;
  // Browsers name devices only to those who may use one.
  if (permission !== 'granted' && microphones.length + cameras.length === 0) {
    return <p className={css['none']}>{strings.deviceMenu.hidden}</p>;
  }
  const choose = (act: (id: string) => void) => (id: string) => {
    act(id);
    onChosen();
  };
  return (
    <>
      {part !== 'camera' && (
        <DeviceChoices
          kind={strings.deviceMenu.microphone}
          choices={microphones}
          chosen={microphone.deviceId}
          onChoose={choose((id) => {
            media.chooseMicrophone(id);
          })}
        />
      )}
      {part !== 'sound' && (
        <DeviceChoices
          kind={strings.deviceMenu.camera}
          choices={cameras}
          chosen={camera.deviceId}
          onChoose={choose((id) => {
            media.chooseCamera(id);
          })}
        />
      )}
      {part !== 'camera' && speakers.length > 0 && (
        <DeviceChoices
          kind={strings.deviceMenu.speaker}
          choices={speakers}
          chosen={speakerId}
          onChoose={choose((id) => {
            media.chooseSpeaker(id);
          })}
        />
      )}
    </>
  );
}
