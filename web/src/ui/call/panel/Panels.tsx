import { lazy, Suspense } from 'react';
import { useDetails } from '../Details';
import type { NoticeBoard } from '../NoticeBoard';
import type { PanelChoice } from './usePanel';

const PeoplePanel = lazy(() => import('../people/PeoplePanel'));
const RoomPanel = lazy(() => import('../room/RoomPanel'));
const InvitePanel = lazy(() => import('../room/InvitePanel'));
const ChatPanel = lazy(() => import('../ChatPanel'));
// Numbers are for the few who look for them.
const DetailsPanel = lazy(() => import('../DetailsPanel'));

/** The panel that is open, loaded when it is opened. */
export function Panels({ panel, board }: { readonly panel: PanelChoice; readonly board: NoticeBoard }) {
  const { subject } = useDetails();
  const showPeople = () => {
    panel.toggle('people');
  };
  return (
    <Suspense>
      {panel.shown === 'chat' && <ChatPanel onClose={panel.close} />}
      {subject !== null && <DetailsPanel key={subject} subject={subject} onClose={panel.close} />}
      {panel.shown === 'people' && (
        <PeoplePanel
          board={board}
          onClose={panel.close}
          onRoom={() => {
            panel.toggle('room');
          }}
          onInvite={() => {
            panel.toggle('invite');
          }}
        />
      )}
      {panel.shown === 'invite' && <InvitePanel onClose={panel.close} onBack={showPeople} />}
      {panel.shown === 'room' && <RoomPanel onClose={panel.close} onBack={showPeople} />}
    </Suspense>
  );
}
