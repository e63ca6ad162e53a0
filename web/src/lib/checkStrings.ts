/** The words of the check page, which is loaded late: they are not needed to place a call. The voice is that
 *  of `strings.ts`. */
import type { CheckState, Finding, Outcome, Step, StepName, Verdict } from '../call/check/checkState';
import { verdictOf, STEPS } from '../call/check/checkState';
import { strings, type Words } from './strings';

/** What stands beside a step, and below it where there is more to say. */
export interface FindingWords {
  readonly value: string;
  readonly then?: string;
}

const locale = 'en-GB';
const oneDigit = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

const names: Readonly<Record<StepName, string>> = {
  browser: 'Browser',
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Speakers',
  server: 'This server',
  direct: 'Direct path',
  turnUdp: 'Relay over UDP',
  turnTcp: 'Relay over TCP',
  turnTls: 'Relay over TLS',
  speed: 'Speed through the relay',
};

const outcomes: Readonly<Record<Outcome, Words>> = {
  good: { what: 'Calls will work here', then: 'All that was tried is as it should be.' },
  caution: { what: 'Calls will work here', then: 'Something could be better. It is marked below.' },
  direct_only: {
    what: 'Calls will not work with everybody',
    then: 'No relay was reached. Where two networks let nothing through directly, there is no way.',
  },
  partly: {
    what: 'The others will miss something of you',
    then: 'You can join all the same. What is missing is marked below.',
  },
  blocked: { what: 'Calls will not work here yet', then: 'What stands in the way is marked below.' },
};

const relaySilent = 'It does not answer in this network. Another way may be open.';

function wordsOf(finding: Finding): FindingWords {
  switch (finding.code) {
    case 'browser_good':
      return { value: 'Good' };
    case 'codecs_missing':
      return { value: `No ${finding.codecs.join(', ')}`, then: 'Some people may not be seen or heard.' };
    case 'page_insecure':
      return { value: 'Not a safe page', then: strings.device.camera.insecure_page.then };
    case 'no_webrtc':
      return { value: 'Cannot call', then: 'Use a current Firefox, Chrome, Edge or Safari.' };
    case 'camera_works':
      return { value: `${finding.width} × ${finding.height}` };
    case 'camera_fails':
      return device(strings.device.camera[finding.problem], strings.deviceLabel[finding.problem]);
    case 'microphone_heard':
      return { value: 'Heard you' };
    case 'microphone_silent':
      return { value: 'Silent', then: 'Nothing was heard. Say something, or look whether it is muted.' };
    case 'microphone_fails':
      return device(strings.device.microphone[finding.problem], strings.deviceLabel[finding.problem]);
    case 'speaker_heard':
      return { value: 'You heard it' };
    case 'speaker_silent':
      return { value: 'Not heard', then: 'Look at the volume, and at which speaker your system uses.' };
    case 'server_answers':
      return finding.way === 'websocket'
        ? { value: `${finding.ms} ms` }
        : {
            value: `${finding.ms} ms`,
            then: 'This network lets no WebSocket through. Calls work, and begin a little slower.',
          };
    case 'server_away':
      return { value: 'No answer', then: 'Look at your connection, or tell the host.' };
    case 'direct_open':
      return { value: 'Open' };
    case 'direct_closed':
      return {
        value: 'Closed',
        then: 'This network lets nothing through directly. Calls go by way of the relay and still work.',
      };
    case 'no_stun':
      return { value: 'Not tried', then: 'This server names no STUN server. On one network none is needed.' };
    case 'relay_answers':
      return { value: `${finding.ms} ms` };
    case 'relay_silent':
      return { value: 'Closed', then: relaySilent };
    case 'relay_not_offered':
      return { value: 'Not offered' };
    case 'speed_measured':
      return speed(finding);
    case 'speed_unknown':
      return { value: 'Not measured' };
  }
}

function device({ what, then }: Words, value: string): FindingWords {
  return { value, then: `${what}. ${then.split('. ')[0]?.replace(/\.$/, '') ?? ''}.` };
}

function speed(finding: Extract<Finding, { code: 'speed_measured' }>): FindingWords {
  const mbps = oneDigit.format(finding.kbps / 1000);
  const loss = oneDigit.format(finding.loss * 100);
  const value = `${mbps} Mbit/s, ${loss} % lost, ${finding.ms} ms`;
  switch (verdictOf(finding)) {
    case 'bad':
      return { value, then: 'That is too little for pictures. Sound may still come through.' };
    case 'caution':
      return { value, then: 'Pictures will be small or stop at times. Nearer to the router may help.' };
    default:
      return { value };
  }
}

const waiting: Readonly<Record<Exclude<Step['name'], 'done'>, string>> = {
  waiting: '',
  running: strings.moment,
  asking: 'Did you hear it?',
};

const verdicts: Readonly<Record<Verdict, string>> = {
  good: 'Good',
  caution: 'Could be better',
  bad: 'Does not work',
  skipped: 'Not tried',
};

/** The result as text, for the host to read: what, and where it was seen. Nobody's address is in it. */
function report(
  steps: CheckState['steps'],
  outcome: Outcome,
  where: { origin: string; browser: string },
): string {
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

export const checkStrings = {
  title: 'Will calls work here?',
  intro: {
    what: 'Your devices, and the way to this server',
    then: 'Your browser will ask for camera and microphone. Nobody else sees or hears you.',
  },
  start: 'Start',
  again: 'Check again',
  running: 'One moment, this is being tried',
  steps: 'What is tried',
  playAgain: 'Play the test sound again',
  heard: 'I heard it',
  notHeard: 'I did not',
  copy: 'Copy for the host',
  copied: 'Copied. Send it to whoever runs this server.',
  copyByHand: 'Copy this by hand',
  ownPicture: strings.lobby.ownPicture,
  names,
  outcomes,
  verdicts,
  waiting,
  wordsOf,
  report,
} as const;
