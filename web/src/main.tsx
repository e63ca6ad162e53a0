import './ui/tokens.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { CallSession } from './call/CallSession';
import {
  rememberedBrowser,
  rememberedHideAddress,
  rememberedHostKeys,
  rememberedMedia,
  rememberHideAddress,
  rememberMedia,
} from './lib/remember';
import { takeRoomToken } from './lib/roomToken';
import { followTheme } from './lib/theme';
import { App } from './ui/App';
import { Navigation } from './ui/Navigation';
import { initialLanguage, speak } from './words/language';

/** What this browser has for the door of a room. */
function keysOf(roomId: string) {
  const hostKey = rememberedHostKeys()[roomId];
  return { browser: rememberedBrowser(), ...(hostKey !== undefined && { hostKey }) };
}

followTheme();

const navigation = new Navigation(
  (roomId) =>
    new CallSession({
      roomId,
      token: takeRoomToken(roomId),
      mediaChoice: rememberedMedia(),
      onRemember: rememberMedia,
      hideAddress: rememberedHideAddress(),
      onHideAddress: rememberHideAddress,
      keys: () => keysOf(roomId),
    }),
);
navigation.start();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
const page = createRoot(root);
// Not awaited at the top: the entry would be cut into many small files.
void speak(initialLanguage()).then(() => {
  page.render(
    <StrictMode>
      <App navigation={navigation} />
    </StrictMode>,
  );
});
