/** Every state of the check page, by name, made by hand. */
import { newCheck, type CheckState, type Finding, type StepName } from '../src/call/check/checkState';
import { cameraOf, LYING } from './pictures';

type Findings = Partial<Record<StepName, Finding>>;

const good: Findings = {
  browser: { code: 'browser_good', codecs: ['VP8', 'VP9', 'opus'] },
  camera: { code: 'camera_works', width: 1280, height: 720 },
  microphone: { code: 'microphone_heard' },
  speaker: { code: 'speaker_heard' },
  server: { code: 'server_answers', ms: 24, way: 'websocket' },
  direct: { code: 'direct_open' },
  turnUdp: { code: 'relay_answers', ms: 41 },
  turnTcp: { code: 'relay_answers', ms: 66 },
  turnTls: { code: 'relay_answers', ms: 92 },
  speed: { code: 'speed_measured', kbps: 5_900, loss: 0.001, ms: 43 },
};

async function check(findings: Findings, change: Partial<CheckState> = {}): Promise<CheckState> {
  const steps = { ...newCheck().steps };
  for (const [name, finding] of Object.entries(findings)) {
    steps[name as StepName] = { name: 'done', finding };
  }
  const preview = await cameraOf('tomas', LYING);
  return { phase: 'done', steps, preview, microphone: null, ...change };
}

async function under(): Promise<CheckState> {
  const state = await check(good, { phase: 'running' });
  const steps: CheckState['steps'] = {
    ...state.steps,
    speaker: { name: 'asking' },
    turnTls: { name: 'running' },
    speed: { name: 'waiting' },
  };
  return { ...state, steps };
}

export const checks: Readonly<Record<string, () => Promise<CheckState>>> = {
  check: () => Promise.resolve(newCheck()),
  'check-running': under,
  'check-good': () => check(good),
  'check-strict': () =>
    check({
      ...good,
      server: { code: 'server_answers', ms: 180, way: 'polling' },
      direct: { code: 'direct_closed' },
      turnUdp: { code: 'relay_silent' },
      turnTls: { code: 'relay_not_offered' },
      speed: { code: 'speed_measured', kbps: 640, loss: 0.034, ms: 190 },
    }),
  'check-refused': () =>
    check(
      {
        ...good,
        camera: { code: 'camera_fails', problem: 'permission_denied' },
        microphone: { code: 'microphone_fails', problem: 'permission_denied' },
        speaker: { code: 'speaker_silent' },
        turnUdp: { code: 'relay_not_offered' },
        turnTcp: { code: 'relay_not_offered' },
        turnTls: { code: 'relay_not_offered' },
        speed: { code: 'speed_unknown' },
      },
      { preview: null },
    ),
  'check-away': () =>
    check({ browser: { code: 'page_insecure' }, server: { code: 'server_away' } }, { preview: null }),
};
