/** What the keys do in a call: one list, which the keyboard and the page of keys read. */
import type { strings } from '../../lib/callStrings';
import type { StageView } from '../../call/scene';
import { handOf } from '../../call/Talk';
import type { Session } from '../Navigation';
import type { PanelName } from './panel/usePanel';
import type { StageChoice } from './StageChoice';
import { talkOf } from './talk';
import { toggleCamera, toggleMicrophone, toggleScreen } from './toggles';

export interface Reach {
  readonly session: Session;
  readonly stage: StageChoice;
  readonly showKeys: () => void;
  readonly togglePanel: (name: PanelName) => void;
}

type Description = Exclude<keyof (typeof strings)['keys'], 'title' | 'space'>;

interface Command {
  readonly key: string;
  readonly does: Description;
  readonly run: (reach: Reach) => void;
}

const VIEWS: readonly StageView[] = ['auto', 'grid', 'speaker', 'spotlight'];

export const COMMANDS: readonly Command[] = [
  {
    key: 'm',
    does: 'microphone',
    run: ({ session }) => {
      toggleMicrophone(session);
    },
  },
  {
    key: 'v',
    does: 'camera',
    run: ({ session }) => {
      toggleCamera(session);
    },
  },
  {
    key: 's',
    does: 'share',
    run: ({ session }) => {
      toggleScreen(session);
    },
  },
  {
    key: 'h',
    does: 'hand',
    run: ({ session }) => {
      talkOf(session).raiseHand(handOf(session.store.getState()) === null);
    },
  },
  {
    key: 'c',
    does: 'chat',
    run: ({ togglePanel }) => {
      togglePanel('chat');
    },
  },
  {
    key: 'p',
    does: 'people',
    run: ({ togglePanel }) => {
      togglePanel('people');
    },
  },
  {
    key: 'l',
    does: 'layout',
    run: ({ stage }) => {
      const { view } = stage.store.getState();
      stage.setView(VIEWS[(VIEWS.indexOf(view) + 1) % VIEWS.length] ?? 'auto');
    },
  },
  {
    key: 'o',
    does: 'own',
    run: ({ stage }) => {
      stage.toggleOwn();
    },
  },
  { key: 'f', does: 'fullScreen', run: toggleFullScreen },
  {
    key: '?',
    does: 'help',
    run: ({ showKeys }) => {
      showKeys();
    },
  },
];

/** Keys that are not a letter pressed once. */
export const OTHER_KEYS: readonly { readonly key: 'space' | 'F6' | 'Esc'; readonly does: Description }[] = [
  { key: 'space', does: 'talk' },
  { key: 'F6', does: 'areas' },
  { key: 'Esc', does: 'escape' },
];

export function canFillScreen(): boolean {
  return document.fullscreenEnabled;
}

/** Browsers may refuse; then nothing happens. */
export function toggleFullScreen(): void {
  const done =
    document.fullscreenElement === null
      ? document.documentElement.requestFullscreen()
      : document.exitFullscreen();
  done.catch(() => undefined);
}
