import { strings } from '../../lib/strings';
import { useCall, useSession } from '../useCall';
import { DeviceChoices } from './DeviceChoices';
import css from './DevicesMenu.module.css';
import { HideAddress } from './HideAddress';

/** All that can be chosen of devices, as a part of a menu. */
export function DeviceOptions({ onChosen }: { readonly onChosen: () => void }) {
  return (
    <>
      <AllChoices onChosen={onChosen} />
      <HideAddress />
    </>
  );
}

function AllChoices({ onChosen }: { readonly onChosen: () => void }) {
  const { media } = useSession();
  const { devices, microphone, camera, speakerId, permission } = useCall((state) => state.media);
  const { microphones, cameras, speakers } = devices;
  // Browsers name devices only to those who may use one.
  if (permission !== 'granted' && microphones.length + cameras.length === 0) {
    return <p className={css['none']}>{strings.devices.hidden}</p>;
  }
  const choose = (act: (id: string) => void) => (id: string) => {
    act(id);
    onChosen();
  };
  return (
    <>
      <DeviceChoices
        kind={strings.devices.microphone}
        choices={microphones}
        chosen={microphone.deviceId}
        onChoose={choose((id) => {
          media.chooseMicrophone(id);
        })}
      />
      <DeviceChoices
        kind={strings.devices.camera}
        choices={cameras}
        chosen={camera.deviceId}
        onChoose={choose((id) => {
          media.chooseCamera(id);
        })}
      />
      {speakers.length > 0 && (
        <DeviceChoices
          kind={strings.devices.speaker}
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
