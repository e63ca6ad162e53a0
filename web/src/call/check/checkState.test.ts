import { describe, expect, it } from 'vitest';
import { report } from '../../lib/checkStrings';
import {
  newCheck,
  outcomeOf,
  STEPS,
  verdictOf,
  type CheckState,
  type Finding,
  type StepName,
} from './checkState';

const good: Readonly<Record<StepName, Finding>> = {
  browser: { code: 'browser_good', codecs: ['VP8', 'opus'] },
  camera: { code: 'camera_works', width: 640, height: 480 },
  microphone: { code: 'microphone_heard' },
  speaker: { code: 'speaker_heard' },
  server: { code: 'server_answers', ms: 20, way: 'websocket' },
  direct: { code: 'direct_open' },
  turnUdp: { code: 'relay_answers', ms: 30 },
  turnTcp: { code: 'relay_answers', ms: 30 },
  turnTls: { code: 'relay_answers', ms: 30 },
  speed: { code: 'speed_measured', kbps: 5_000, loss: 0, ms: 20 },
};

function steps(change: Partial<Record<StepName, Finding>> = {}): CheckState['steps'] {
  const all = { ...newCheck().steps };
  for (const name of STEPS) all[name] = { name: 'done', finding: change[name] ?? good[name] };
  return all;
}

const noRelay = { turnUdp: { code: 'relay_not_offered' } } as const;
const silentRelays = {
  turnUdp: { code: 'relay_silent' },
  turnTcp: { code: 'relay_silent' },
  turnTls: { code: 'relay_not_offered' },
} as const;

describe('the outcome', () => {
  it.each([
    [{}, 'good'],
    [{ turnTls: { code: 'relay_not_offered' } }, 'good'],
    [noRelay, 'good'],
    [{ turnUdp: { code: 'relay_silent' } }, 'caution'],
    [{ direct: { code: 'direct_closed' } }, 'caution'],
    [{ server: { code: 'server_answers', ms: 20, way: 'polling' } }, 'caution'],
    [{ speed: { code: 'speed_measured', kbps: 200, loss: 0, ms: 20 } }, 'caution'],
    [silentRelays, 'direct_only'],
    [{ ...silentRelays, camera: { code: 'camera_fails', problem: 'no_device' } }, 'partly'],
    [{ browser: { code: 'page_insecure' } }, 'partly'],
    [{ browser: { code: 'no_webrtc' } }, 'blocked'],
    [{ server: { code: 'server_away' } }, 'blocked'],
  ] as const)('%j is %s', (change, outcome) => {
    expect(outcomeOf(steps(change))).toBe(outcome);
  });

  it('says nothing of relays before they were tried', () => {
    expect(outcomeOf(newCheck().steps)).toBe('good');
  });
});

describe('speed', () => {
  it.each([
    [1_200, 0, 20, 'good'],
    [1_199, 0, 20, 'caution'],
    [299, 0, 20, 'bad'],
    [5_000, 0.02, 20, 'caution'],
    [5_000, 0.1, 20, 'bad'],
    [5_000, 0, 300, 'caution'],
  ])('%i kbit/s, %d lost, %i ms is %s', (kbps, loss, ms, verdict) => {
    expect(verdictOf({ code: 'speed_measured', kbps, loss, ms })).toBe(verdict);
  });
});

describe('the text for the host', () => {
  const where = { origin: 'https://calls.example.org', browser: 'A browser' };

  it('has a line with a verdict for every step, and where it was seen', () => {
    const lines = report(steps(silentRelays), 'direct_only', where).split('\n');
    expect(lines[0]).toMatch(/^Visavis, https:\/\/calls\.example\.org, \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
    expect(lines[1]).toBe('A browser');
    expect(lines).toContain('Browser: Good. Good (VP8, opus).');
    expect(lines).toContain(
      'Relay over UDP: Does not work. Closed. It does not answer in this network. Another way may be open.',
    );
    expect(lines.slice(4)).toHaveLength(STEPS.length);
  });

  it('says of a step that nobody answered that it was not tried', () => {
    const asking: CheckState['steps'] = { ...steps(), speaker: { name: 'asking' } };
    expect(report(asking, 'good', where)).toContain('Speakers: Not tried');
  });
});
