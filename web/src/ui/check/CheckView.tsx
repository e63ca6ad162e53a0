import Volume2 from 'lucide-react/icons/volume-2';
import { useStore } from 'zustand';
import type { CheckSession } from '../../call/check/CheckSession';
import { outcomeOf, STEPS } from '../../call/check/checkState';
import { checkStrings } from '../../lib/checkStrings';
import { strings } from '../../lib/strings';
import { Button } from '../shared/Button';
import { Page } from '../shared/Page';
import { TrackLevel } from '../shared/TrackLevel';
import { VideoView } from '../shared/VideoView';
import css from './CheckView.module.css';
import { CopyResult } from './CopyResult';
import { StepLine } from './StepLine';

export type Check = Pick<CheckSession, 'store' | 'start' | 'play' | 'answerSpeaker'>;

/** The question, the steps with what was found, and one's own picture beside them. */
export function CheckView({ session }: { readonly session: Check }) {
  const { phase, steps, preview, microphone } = useStore(session.store);
  const words = phase === 'done' ? checkStrings.outcomes[outcomeOf(steps)] : null;
  const begin = () => {
    void session.start();
  };
  return (
    <Page title={checkStrings.title} isCheck>
      <main className={css['check']}>
        <div className={css['head']} role="status">
          <h1>{words?.what ?? (phase === 'ready' ? checkStrings.title : checkStrings.running)}</h1>
          <p>{words?.then ?? checkStrings.intro}</p>
        </div>
        <ol className={css['steps']} aria-label={checkStrings.steps}>
          {STEPS.map((name) => (
            <StepLine
              key={name}
              name={name}
              step={steps[name]}
              onAnswer={(heard) => {
                session.answerSpeaker(heard);
              }}
            />
          ))}
        </ol>
        <div className={css['side']}>
          {preview !== null && (
            <div className={css['mirror']} data-stage>
              <VideoView className={css['picture']} stream={preview} aria-label={strings.lobby.ownPicture} />
              {microphone !== null && (
                <span className={css['level']}>
                  <TrackLevel track={microphone} />
                </span>
              )}
            </div>
          )}
          {phase === 'done' && <CopyResult steps={steps} />}
          <Button
            look={phase === 'done' ? 'line' : 'primary'}
            size="big"
            wide
            busy={phase === 'running'}
            onClick={begin}
          >
            {phase === 'done' ? checkStrings.again : checkStrings.start}
          </Button>
          {phase === 'done' && (
            <Button
              look="ghost"
              wide
              onClick={() => {
                void session.play();
              }}
            >
              <Volume2 aria-hidden="true" />
              {checkStrings.playAgain}
            </Button>
          )}
        </div>
      </main>
    </Page>
  );
}
