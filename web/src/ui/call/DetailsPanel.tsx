import { useStore } from 'zustand';
import { ownQuality } from '../../call/callState';
import { strings } from '../../lib/callStrings';
import { named } from '../../lib/phrases';
import { useCall, useSession } from '../useCall';
import { OWN, type Subject } from './Details';
import css from './DetailsPanel.module.css';
import { joinFacts, linkFacts, ownFacts, type Fact } from './facts';
import { SidePanel } from './panel/SidePanel';

interface DetailsPanelProps {
  readonly subject: Subject;
  readonly onClose: () => void;
}

/** The numbers of a connection in plain words, beside the faces. */
export default function DetailsPanel({ subject, onClose }: DetailsPanelProps) {
  const { care } = useSession();
  const readings = useStore(care.stats);
  const name = useCall((state) => state.room?.participants.find(({ id }) => id === subject)?.name ?? null);
  const link = useCall((state) => state.qualities.get(subject));
  const own = useCall(ownQuality);
  const joinTiming = useCall((state) => state.joinTiming);
  const quality = subject === OWN ? own : (link?.quality ?? null);
  const reading = readings.get(subject);
  const facts: readonly Fact[] =
    subject === OWN
      ? ownFacts([...readings.values()])
      : reading && link
        ? [...linkFacts(named(name ?? ''), reading, link), ...joinFacts(subject, joinTiming)]
        : [];
  return (
    <SidePanel
      title={subject === OWN ? strings.quality.own : strings.quality.to({ name: named(name ?? '') })}
      closeLabel={strings.quality.close}
      onClose={onClose}
    >
      <div className={css['body']}>
        <p>
          {quality === null || facts.length === 0
            ? strings.quality.unknown
            : strings.quality.verdict[quality]}
        </p>
        <dl>
          {facts.map(([what, value]) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </SidePanel>
  );
}
