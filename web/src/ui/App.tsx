import { lazy, Suspense } from 'react';
import { useStore } from 'zustand';
import { HomePage } from './home/HomePage';
import { NavigationContext, type Navigation } from './Navigation';
import { NowherePage } from './nowhere/NowherePage';
import { RoomPages } from './RoomPages';
import { SessionContext } from './useCall';

// For those who look for a reason, and not on the way to a call.
const CheckPage = lazy(() => import('./check/CheckPage'));

export function App({ navigation }: { readonly navigation: Navigation }) {
  const { route, session } = useStore(navigation.store);
  return (
    <NavigationContext value={navigation}>
      <SessionContext value={session}>
        {route.name === 'home' && <HomePage />}
        {route.name === 'check' && (
          <Suspense fallback={null}>
            <CheckPage />
          </Suspense>
        )}
        {route.name === 'nowhere' && <NowherePage />}
        {route.name === 'room' && <RoomPages key={route.roomId} />}
      </SessionContext>
    </NavigationContext>
  );
}
