import { Suspense } from 'react';
import { useDetails } from '../Details';
import { ChatPanel, DetailsPanel, InvitePanel, PeoplePanel, RoomPanel } from '../lateParts';
import type { NoticeBoard } from '../NoticeBoard';
import type { PanelChoice } from './usePanel';

/** The panel that is open. */
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
