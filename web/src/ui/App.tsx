import { lazy, Suspense } from 'react';
import { useStore } from 'zustand';
import { loadSurely } from './loadSurely';
import { NavigationContext, type Navigation } from './Navigation';
import { RoomPages } from './RoomPages';
import { SessionContext } from './useCall';
import { spoken } from '../words/language';

// What is not on the way to a call.
const HomePage = lazy(loadSurely(async () => ({ default: (await import('./home/HomePage')).HomePage })));
const CheckPage = lazy(loadSurely(() => import('./check/CheckPage')));
const AccountPages = lazy(loadSurely(() => import('./account/AccountPages')));
const NowherePage = lazy(
  loadSurely(async () => ({ default: (await import('./nowhere/NowherePage')).NowherePage })),
);

export function App({ navigation }: { readonly navigation: Navigation }) {
  const { route, session } = useStore(navigation.store);
  // All words are read anew when the language changes.
  useStore(spoken);
  return (
    <NavigationContext value={navigation}>
      <SessionContext value={session}>
        <Suspense>
          {route.name === 'home' && <HomePage />}
          {route.name === 'check' && <CheckPage />}
          {route.name === 'account' && <AccountPages page={route.page} key={route.page} />}
          {route.name === 'nowhere' && <NowherePage />}
          {route.name === 'room' && <RoomPages key={route.roomId} />}
        </Suspense>
      </SessionContext>
    </NavigationContext>
  );
}
