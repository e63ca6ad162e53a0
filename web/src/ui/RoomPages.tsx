import { useState } from 'react';
import { AfterPage, type Ended } from './after/AfterPage';
import { CallPage } from './call/CallPage';
import { LobbyPage } from './lobby/LobbyPage';
import { useCall, useSession } from './useCall';

/** Before, during and after a call in one room. */
export function RoomPages() {
  const session = useSession();
  const phase = useCall((state) => state.phase);
  const [comingBackFrom, setComingBackFrom] = useState<Ended | null>(null);
  const goBackIn = (from: Ended) => {
    setComingBackFrom(from);
    void session.rejoin().finally(() => {
      setComingBackFrom(null);
    });
  };
  if (phase.name === 'ended') {
    return (
      <AfterPage
        phase={phase}
        isComingBack={false}
        onBack={() => {
          goBackIn(phase);
        }}
      />
    );
  }
  if (phase.name === 'connected' || phase.name === 'reconnecting') return <CallPage />;
  // Going back in does not pass the lobby again, unless it fails.
  if (phase.name === 'joining' && comingBackFrom !== null) {
    return <AfterPage phase={comingBackFrom} isComingBack onBack={ignore} />;
  }
  return <LobbyPage />;
}

function ignore(): void {
  // It is under way.
}
