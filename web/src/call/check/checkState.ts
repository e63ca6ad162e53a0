/** What a check of this browser and its network finds, and what it means. Plain data and pure functions. */
import type { DeviceProblem } from '../../rtc/LocalMedia';

export const STEPS = [
  'browser',
  'camera',
  'microphone',
  'speaker',
  'server',
  'direct',
  'turnUdp',
  'turnTcp',
  'turnTls',
  'speed',
] as const;
export type StepName = (typeof STEPS)[number];

export type Finding =
  | { readonly code: 'browser_good'; readonly codecs: readonly string[] }
  | { readonly code: 'codecs_missing'; readonly codecs: readonly string[] }
  | { readonly code: 'page_insecure' }
  | { readonly code: 'no_webrtc' }
  | { readonly code: 'camera_works'; readonly width: number; readonly height: number }
  | { readonly code: 'camera_fails'; readonly problem: DeviceProblem }
  | { readonly code: 'microphone_heard' }
  | { readonly code: 'microphone_silent' }
  | { readonly code: 'microphone_fails'; readonly problem: DeviceProblem }
  | { readonly code: 'speaker_heard' }
  | { readonly code: 'speaker_silent' }
  | { readonly code: 'server_answers'; readonly ms: number; readonly way: 'websocket' | 'polling' }
  | { readonly code: 'server_away' }
  | { readonly code: 'direct_open' }
  | { readonly code: 'direct_closed' }
  | { readonly code: 'no_stun' }
  | { readonly code: 'relay_answers'; readonly ms: number }
  | { readonly code: 'relay_silent' }
  | { readonly code: 'relay_not_offered' }
  | { readonly code: 'speed_measured'; readonly kbps: number; readonly loss: number; readonly ms: number }
  | { readonly code: 'speed_unknown' };

/** `caution`: calls work, less well. `bad`: something will be missing in a call. */
export type Verdict = 'good' | 'caution' | 'bad' | 'skipped';

export type Step =
  | { readonly name: 'waiting' }
  | { readonly name: 'running' }
  /** A tone was played, and only the person knows. */
  | { readonly name: 'asking' }
  | { readonly name: 'done'; readonly finding: Finding };

export interface CheckState {
  /** `ready`: nothing was asked of the browser yet. */
  readonly phase: 'ready' | 'running' | 'done';
  readonly steps: Readonly<Record<StepName, Step>>;
  /** One's own picture. */
  readonly preview: MediaStream | null;
  readonly microphone: MediaStreamTrack | null;
}

export function newCheck(): CheckState {
  return {
    phase: 'ready',
    steps: Object.fromEntries(STEPS.map((step) => [step, { name: 'waiting' }])) as CheckState['steps'],
    preview: null,
    microphone: null,
  };
}

/** What the pages send at their smallest, and what one good picture takes, in kbit/s. */
const KBPS_NEEDED = 300;
const KBPS_GOOD = 1_200;
/** More is not tried for: no call sends it. */
export const KBPS_MOST = 6_000;

const LOSS_SEEN = 0.02;
const LOSS_BAD = 0.1;
const MS_FELT = 300;

export function verdictOf(finding: Finding): Verdict {
  switch (finding.code) {
    case 'browser_good':
    case 'camera_works':
    case 'microphone_heard':
    case 'speaker_heard':
    case 'direct_open':
    case 'relay_answers':
      return 'good';
    case 'server_answers':
      return finding.way === 'websocket' && finding.ms < MS_FELT ? 'good' : 'caution';
    case 'speed_measured':
      if (finding.kbps < KBPS_NEEDED || finding.loss >= LOSS_BAD) return 'bad';
      return finding.kbps < KBPS_GOOD || finding.loss >= LOSS_SEEN || finding.ms >= MS_FELT
        ? 'caution'
        : 'good';
    case 'codecs_missing':
    case 'microphone_silent':
    case 'speaker_silent':
    case 'direct_closed':
      return 'caution';
    case 'page_insecure':
    case 'no_webrtc':
    case 'camera_fails':
    case 'microphone_fails':
    case 'server_away':
    case 'relay_silent':
      return 'bad';
    case 'no_stun':
    case 'relay_not_offered':
    case 'speed_unknown':
      return 'skipped';
  }
}

/** What it comes to. `blocked`: no call at all. `partly`: something is missing in a call. `direct_only`: only
 *  with people to whom there is a direct path. */
export type Outcome = 'good' | 'caution' | 'direct_only' | 'partly' | 'blocked';

const RELAYS: readonly StepName[] = ['turnUdp', 'turnTcp', 'turnTls'];
const MEDIA: readonly StepName[] = ['camera', 'microphone'];

/** The steps that are done, taken together. */
export function outcomeOf(steps: CheckState['steps']): Outcome {
  const verdict = (name: StepName): Verdict => {
    const step = steps[name];
    return step.name === 'done' ? verdictOf(step.finding) : 'skipped';
  };
  const finding = (name: StepName) => {
    const step = steps[name];
    return step.name === 'done' ? step.finding.code : null;
  };
  if (verdict('server') === 'bad' || finding('browser') === 'no_webrtc') return 'blocked';
  if (MEDIA.some((name) => verdict(name) === 'bad') || verdict('browser') === 'bad') return 'partly';
  // Of several relays one is enough: that is why there are several.
  const hasRelay = RELAYS.some((name) => verdict(name) === 'good');
  if (steps.turnUdp.name === 'done' && !hasRelay) return 'direct_only';
  const cautious = STEPS.filter((name) => !RELAYS.includes(name) || hasRelay).some((name) =>
    ['caution', 'bad'].includes(verdict(name)),
  );
  return cautious ? 'caution' : 'good';
}
