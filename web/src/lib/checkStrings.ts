/** The words of the check page, which is loaded late: they are not needed to place a call. They stand in
 *  `src/words/LANGUAGE/check.json`. */
import type { CheckState, Finding, Outcome, Step, StepName, Verdict } from '../call/check/checkState';
import { verdictOf, STEPS } from '../call/check/checkState';
import { list } from '../words/formats';
import { check } from '../words/gen/en.check';
import { onWords } from '../words/language';
import { strings, type Words } from './strings';

/** What stands beside a step, and below it where there is more to say. */
export interface FindingWords {
  readonly value: string;
  readonly then?: string;
}

type Exhaustive = typeof check & {
  readonly names: Readonly<Record<StepName, string>>;
  readonly outcomes: Readonly<Record<Outcome, Words>>;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly waiting: Readonly<Record<Exclude<Step['name'], 'done'>, string>>;
};

/** To be read when it is shown, never kept: it changes with the language. */
export let checkStrings: Exhaustive = check;

onWords((words) => {
  checkStrings = words?.check ?? check;
});

/** What was found at a step, in words. */
export function wordsOf(finding: Finding): FindingWords {
  const { found } = checkStrings;
  switch (finding.code) {
    case 'browser_good':
      return { value: found.good };
    case 'codecs_missing':
      return {
        value: found.codecsMissing.value({ codecs: list(finding.codecs) }),
        then: found.codecsMissing.then,
      };
    case 'page_insecure':
      return { value: found.pageInsecure, then: strings.device.camera.insecure_page.then };
    case 'no_webrtc':
      return found.noWebrtc;
    case 'camera_works':
      return { value: found.camera(finding) };
    case 'camera_fails':
      return device(strings.device.camera[finding.problem], strings.deviceLabel[finding.problem]);
    case 'microphone_heard':
      return { value: found.microphoneHeard };
    case 'microphone_silent':
      return found.microphoneSilent;
    case 'microphone_fails':
      return device(strings.device.microphone[finding.problem], strings.deviceLabel[finding.problem]);
    case 'speaker_heard':
      return { value: found.speakerHeard };
    case 'speaker_silent':
      return found.speakerSilent;
    case 'server_answers':
      return finding.way === 'websocket'
        ? { value: found.time(finding) }
        : { value: found.time(finding), then: found.polling };
    case 'server_away':
      return found.serverAway;
    case 'direct_open':
      return { value: found.directOpen };
    case 'direct_closed':
      return found.directClosed;
    case 'no_stun':
      return found.noStun;
    case 'relay_answers':
      return { value: found.time(finding) };
    case 'relay_silent':
      return found.relaySilent;
    case 'relay_not_offered':
      return { value: found.relayNotOffered };
    case 'speed_measured':
      return speed(finding);
    case 'speed_unknown':
      return { value: found.speedUnknown };
  }
}

function device({ what, then }: Words, value: string): FindingWords {
  return { value, then: `${what}. ${then.split('. ')[0]?.replace(/\.$/, '') ?? ''}.` };
}

function speed(finding: Extract<Finding, { code: 'speed_measured' }>): FindingWords {
  const { found } = checkStrings;
  const { kbps, loss, ms } = finding;
  const value = found.speed({ mbps: kbps / 1000, percent: loss * 100, ms });
  switch (verdictOf(finding)) {
    case 'bad':
      return { value, then: found.tooSlow };
    case 'caution':
      return { value, then: found.slow };
    default:
      return { value };
  }
}

/** The result as text, for the host to read: what, and where it was seen. Nobody's address is in it. */
export function report(
  steps: CheckState['steps'],
  outcome: Outcome,
  where: { origin: string; browser: string },
): string {
  const { names, outcomes, verdicts } = checkStrings;
  const lines = STEPS.map((name) => {
    const step = steps[name];
    if (step.name !== 'done') return `${names[name]}: ${verdicts.skipped}`;
    const { value, then } = wordsOf(step.finding);
    const codecs = 'codecs' in step.finding ? ` (${step.finding.codecs.join(', ')})` : '';
    const more = then === undefined ? '' : ` ${then}`;
    return `${names[name]}: ${verdicts[verdictOf(step.finding)]}. ${value}${codecs}.${more}`;
  });
  const when = new Date().toISOString().slice(0, 16).replace('T', ' ');
  return [`Visavis, ${where.origin}, ${when} UTC`, where.browser, outcomes[outcome].what, '', ...lines].join(
    '\n',
  );
}
