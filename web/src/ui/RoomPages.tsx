import { Activity, lazy, Suspense, useEffect, useState } from 'react';
import type { MediaState } from '../rtc/LocalMedia';
import type { Ended } from './after/AfterPage';
import { LobbyPage } from './lobby/LobbyPage';
import { loadInside } from './loadInside';
import { useLate } from './shared/useLate';
import { useCall, useSession } from './useCall';

const CallPage = lazy(async () => ({ default: (await loadInside()).CallPage }));
const AfterPage = lazy(async () => ({ default: (await loadInside()).AfterPage }));

/** The lobby comes first: only what is on screen is worth the wait. */
const READY_AFTER_MS = 500;

/** Where the answer is longer on its way, the lobby says that one has to wait. */
const PATIENCE_MS = 1_000;

/** Before, during and after a call in one room. */
export function RoomPages() {
  const isEntering = useEntering();
  const isInside =
    useCall(({ phase }) => phase.name === 'connected' || phase.name === 'reconnecting') || isEntering;
  const hasEnded = useCall(({ phase }) => phase.name === 'ended');
  const isLobbyShown = useCall(({ lookup, media }) => lookup.name !== 'looking' && !isStarting(media));
  const isReady = useLater(isLobbyShown, READY_AFTER_MS);
  return (
    <>
      {!isInside && (
        <Suspense key="outside">
          <Outside />
        </Suspense>
      )}
      {(isInside || (isReady && !hasEnded)) && (
        // Drawn out of sight while one is in the lobby, so that a press on Join only has to show it.
        <Activity key="inside" mode={isInside ? 'visible' : 'hidden'}>
          <Suspense>
            <CallPage />
          </Suspense>
        </Activity>
      )}
    </>
  );
}

/** The lobby, or the page after the call. */
function Outside() {
  const session = useSession();
  const ended = useCall(({ phase }) => (phase.name === 'ended' ? phase : null));
  const [comingBackFrom, setComingBackFrom] = useState<Ended | null>(null);
  const isComingBack = useCall(({ phase }) => phase.name === 'joining' && comingBackFrom !== null);
  const goBackIn = (from: Ended) => {
    setComingBackFrom(from);
    void session.rejoin().finally(() => {
      setComingBackFrom(null);
    });
  };
  if (ended !== null) {
    return (
      <AfterPage
        phase={ended}
        isComingBack={false}
        onBack={() => {
          goBackIn(ended);
        }}
      />
    );
  }
  // Going back in does not pass the lobby again, unless it fails.
  if (isComingBack && comingBackFrom !== null) {
    return <AfterPage phase={comingBackFrom} isComingBack onBack={ignore} />;
  }
  return <LobbyPage />;
}

function isStarting({ camera, microphone }: MediaState): boolean {
  return camera.state === 'starting' || microphone.state === 'starting';
}

/** Join was pressed before an open door: the call is drawn while the answer is on its way, and not when the first
 *  picture is. */
function useEntering(): boolean {
  const isEntering = useCall(({ phase }) => phase.name === 'joining' && phase.isOpen);
  const isLong = useLate(isEntering, PATIENCE_MS);
  return isEntering && !isLong;
}

/** True once `isDue` has been true for a while; from then on for good. */
function useLater(isDue: boolean, ms: number): boolean {
  const [isPast, setPast] = useState(false);
  useEffect(() => {
    if (!isDue || isPast) return undefined;
    const timer = setTimeout(() => {
      setPast(true);
    }, ms);
    return () => {
      clearTimeout(timer);
    };
  }, [isDue, isPast, ms]);
  return isPast;
}

function ignore(): void {
  // It is under way.
}
