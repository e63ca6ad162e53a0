import { createContext } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallSession } from '../call/CallSession';
import type { LinkCare } from '../call/LinkCare';
import type { LocalMedia } from '../rtc/LocalMedia';
import type { LocalScreen } from '../rtc/LocalScreen';
import { pathOf, routeOf, tokenIn, type Route } from '../lib/route';

/** What the pages may do with a session. */
export type Session = Pick<
  CallSession,
  | 'store'
  | 'shown'
  | 'join'
  | 'leave'
  | 'rejoin'
  | 'retry'
  | 'sawFrame'
  | 'bringPasscode'
  | 'hideAddress'
  | 'wire'
> & {
  readonly care: Pick<LinkCare, 'stats' | 'show' | 'soundLevels'>;
  readonly screen: Pick<LocalScreen, 'start' | 'stop' | 'setLook'>;
  readonly media: Pick<
    LocalMedia,
    | 'ask'
    | 'setMicrophone'
    | 'setCamera'
    | 'chooseMicrophone'
    | 'chooseCamera'
    | 'chooseSpeaker'
    | 'setOriginalSound'
    | 'flipCamera'
    | 'microphoneTrack'
  >;
};

/** A session with its beginning and end, which are not the pages' business. */
export type OwnedSession = Session & Pick<CallSession, 'open' | 'end'>;

interface Place {
  readonly route: Route;
  /** The visit to the room of the route; null on every other page. */
  readonly session: Session | null;
}

/** Which page is shown. A session begins when one comes to a room's address and ends when one goes away from
 *  it; components only look on, so that rendering twice does nothing twice. */
export class Navigation {
  readonly store: StoreApi<Place> = createStore<Place>(() => ({ route: { name: 'nowhere' }, session: null }));
  readonly #openSession: (roomId: string) => OwnedSession;
  #session: OwnedSession | null = null;

  constructor(openSession: (roomId: string) => OwnedSession) {
    this.#openSession = openSession;
  }

  start(): void {
    addEventListener('popstate', this.#show);
    this.#show();
  }

  go(route: Route): void {
    history.pushState(null, '', pathOf(route));
    this.#show();
    scrollTo(0, 0);
  }

  end(): void {
    removeEventListener('popstate', this.#show);
    this.#session?.end();
    this.#session = null;
  }

  readonly #show = (): void => {
    const route = routeOf(location.pathname);
    const isHere = this.#session !== null && isSameRoom(this.store.getState().route, route);
    // A link with a room token brings somebody else.
    if (isHere && tokenIn(location.hash) === null) return;
    this.#session?.end();
    this.#session = null;
    if (route.name === 'room') {
      this.#session = this.#openSession(route.roomId);
      this.#session.open();
    }
    this.store.setState({ route, session: this.#session });
  };
}

function isSameRoom(one: Route, other: Route): boolean {
  return one.name === 'room' && other.name === 'room' && one.roomId === other.roomId;
}

export const NavigationContext = createContext<Pick<Navigation, 'go'>>({
  go: () => {
    throw new Error('a page link outside of the app');
  },
});
