import { useEffect } from 'react';
import type { Session } from '../Navigation';
import { useSession } from '../useCall';
import { toggleCamera, toggleMicrophone } from './toggles';

/** In the order of their names; not in every browser, and then refused by it. */
const ACTIONS: Readonly<Record<string, (session: Session) => void>> = {
  hangup: (session) => {
    session.leave();
  },
  togglecamera: toggleCamera,
  togglemicrophone: toggleMicrophone,
};

/** What the browser and the system offer for a call outside of its page, such as in a picture in picture or on a
 *  locked screen, acts on this one (W3C Media Session, section 5). */
export function useMediaSession(): void {
  const session = useSession();
  useEffect(() => {
    // Not in every browser, whatever the types say.
    const { mediaSession } = navigator as Partial<Pick<Navigator, 'mediaSession'>>;
    if (mediaSession === undefined) return undefined;
    for (const [action, act] of Object.entries(ACTIONS)) {
      handle(mediaSession, action, () => {
        act(session);
      });
    }
    const tell = () => {
      const { microphone, camera } = session.store.getState().media;
      const { setMicrophoneActive, setCameraActive } = mediaSession as Partial<MediaSession>;
      void setMicrophoneActive?.call(mediaSession, microphone.state === 'on');
      void setCameraActive?.call(mediaSession, camera.state === 'on');
    };
    tell();
    const unsubscribe = session.store.subscribe(({ media }, before) => {
      if (media !== before.media) tell();
    });
    return () => {
      unsubscribe();
      for (const action of Object.keys(ACTIONS)) handle(mediaSession, action, null);
    };
  }, [session]);
}

function handle(mediaSession: MediaSession, action: string, act: (() => void) | null): void {
  try {
    mediaSession.setActionHandler(action as MediaSessionAction, act);
  } catch {
    // A TypeError, by which a browser says that it does not know this action.
  }
}
