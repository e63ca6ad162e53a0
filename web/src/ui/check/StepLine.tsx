import Check from 'lucide-react/icons/check';
import CircleSlash from 'lucide-react/icons/circle-slash';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import X from 'lucide-react/icons/x';
import { verdictOf, type Step, type StepName, type Verdict } from '../../call/check/checkState';
import { checkStrings, wordsOf } from '../../lib/checkStrings';
import { Arc } from '../shared/Arc';
import { Button } from '../shared/Button';
import css from './StepLine.module.css';

interface StepLineProps {
  readonly name: StepName;
  readonly step: Step;
  readonly onAnswer: (heard: boolean) => void;
}

/** One step: a mark, its name, what was found, and what it means where that is to be said. */
export function StepLine({ name, step, onAnswer }: StepLineProps) {
  const verdict = step.name === 'done' ? verdictOf(step.finding) : null;
  const words = step.name === 'done' ? wordsOf(step.finding) : null;
  return (
    <li className={css['step']} data-verdict={verdict ?? step.name}>
      <span className={css['dot']}>
        <Mark verdict={verdict} runs={step.name === 'running'} />
      </span>
      <b>
        {checkStrings.names[name]}
        {verdict !== null && <span className="aside">: {checkStrings.verdicts[verdict]}</span>}
      </b>
      <span className={css['value']}>
        {words?.value ?? (step.name === 'done' ? '' : checkStrings.waiting[step.name])}
      </span>
      {step.name === 'asking' && (
        <span className={css['answers']}>
          <Button
            onClick={() => {
              onAnswer(true);
            }}
          >
            {checkStrings.heard}
          </Button>
          <Button
            look="ghost"
            onClick={() => {
              onAnswer(false);
            }}
          >
            {checkStrings.notHeard}
          </Button>
        </span>
      )}
      {words?.then !== undefined && <small>{words.then}</small>}
    </li>
  );
}

const MARKS: Readonly<Record<Verdict, typeof Check>> = {
  good: Check,
  caution: TriangleAlert,
  bad: X,
  skipped: CircleSlash,
};

function Mark({ verdict, runs }: { readonly verdict: Verdict | null; readonly runs: boolean }) {
  if (runs) return <Arc />;
  if (verdict === null) return null;
  const Icon = MARKS[verdict];
  return <Icon aria-hidden="true" />;
}
