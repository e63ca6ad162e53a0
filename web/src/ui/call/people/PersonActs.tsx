import Ban from 'lucide-react/icons/ban';
import Hand from 'lucide-react/icons/hand';
import Mic from 'lucide-react/icons/mic';
import MicOff from 'lucide-react/icons/mic-off';
import Pencil from 'lucide-react/icons/pencil';
import ScreenShareOff from 'lucide-react/icons/screen-share-off';
import ShieldUser from 'lucide-react/icons/shield-user';
import UserRoundX from 'lucide-react/icons/user-round-x';
import { useState } from 'react';
import { roleOf, type permitted } from '../../../call/chair';
import { strings } from '../../../lib/callStrings';
import { named } from '../../../lib/phrases';
import type { Moderate, Participant } from '../../../protocol/messages.gen';
import { Button } from '../../shared/Button';
import { Sure } from '../../shared/Sure';
import { useAskHere } from '../useAsk';
import css from './PeoplePanel.module.css';
import { Renaming } from './Renaming';

interface PersonActsProps {
  readonly id: string;
  readonly person: Participant;
  readonly may: ReturnType<typeof permitted>;
  readonly onDone: () => void;
}

/** Done at once; a ban is asked about first. */
type SimpleAct = Exclude<Moderate['act'], 'ban'>;

const ICONS: Readonly<Record<SimpleAct, typeof Mic>> = {
  mute: MicOff,
  askToUnmute: Mic,
  stopShare: ScreenShareOff,
  lowerHand: Hand,
  remove: UserRoundX,
};

/** What may be done to somebody now; the rest is not there. */
export function PersonActs({ id, person, may, onDone }: PersonActsProps) {
  const ask = useAskHere();
  const [isRenaming, setRenaming] = useState(false);
  const words = strings.people.act;
  const participantId = person.id;
  const isModerator = roleOf(person) === 'moderator';
  const moderate = (act: Moderate['act']) => {
    void ask('moderate', { participantId, act });
    onDone();
  };
  const simple = (act: SimpleAct) => {
    const Icon = ICONS[act];
    return (
      <Button
        {...(act === 'remove' && { className: css['hard'] })}
        onClick={() => {
          moderate(act);
        }}
      >
        <Icon aria-hidden="true" /> {words[act]}
      </Button>
    );
  };
  if (isRenaming) {
    return (
      <Renaming
        name={person.name}
        onName={(name) => {
          if (name !== null) void ask('rename', { participantId, name });
          onDone();
        }}
      />
    );
  }
  return (
    <div
      className={css['acts']}
      id={id}
      role="group"
      aria-label={strings.people.actions({ name: named(person.name) })}
    >
      {simple(person.media.audio ? 'mute' : 'askToUnmute')}
      {person.media.screen === true && simple('stopShare')}
      {person.hand != null && simple('lowerHand')}
      <Button
        onClick={() => {
          setRenaming(true);
        }}
      >
        <Pencil aria-hidden="true" /> {words.rename}
      </Button>
      {may.host && (
        <Button
          onClick={() => {
            void ask('appoint', { participantId, role: isModerator ? 'participant' : 'moderator' });
            onDone();
          }}
        >
          <ShieldUser aria-hidden="true" /> {isModerator ? words.demote : words.appoint}
        </Button>
      )}
      {may.remove && simple('remove')}
      {may.host && (
        <Sure
          label={words.ban}
          icon={<Ban aria-hidden="true" />}
          question={strings.people.banAsk({ name: named(person.name) })}
          yes={words.ban}
          no={strings.people.cancel}
          onSure={() => {
            moderate('ban');
          }}
        />
      )}
    </div>
  );
}
