import { expect, test } from 'vitest';
import type { DeviceState, MediaState } from '../../rtc/LocalMedia';
import { deviceNews } from './deviceNews';

const WORKS: DeviceState = { wanted: true, state: 'on', problem: null, deviceId: 'default' };
const BUILT_IN = { id: 'a', label: 'Built in' };
const HEADSET = { id: 'b', label: 'Headset' };

function media(microphone: Partial<DeviceState>, microphones = [BUILT_IN]): MediaState {
  return {
    permission: 'granted',
    microphone: { ...WORKS, ...microphone },
    camera: WORKS,
    originalSound: false,
    speakerId: null,
    devices: { microphones, cameras: [], speakers: [] },
    preview: null,
  };
}

const usual = media({});

test.each([
  ['nothing has happened', usual, usual, null],
  ['it fails', media({ state: 'failed', problem: 'device_busy' }), usual, /Another program/],
  ['it fails otherwise', media({ state: 'failed', problem: 'device_lost' }), usual, /is gone/],
  ['the telephone rings', media({ isInterrupted: true }), usual, /Something else/],
  ['the telephone has rung', usual, media({ isInterrupted: true }), 'over'],
  ['it works again', usual, media({ state: 'failed', problem: 'device_busy' }), 'over'],
  ['another is plugged in', media({}, [BUILT_IN, HEADSET]), usual, /^Headset is plugged in Choose/],
  ['the one of before is back', media({ deviceId: 'b' }, [BUILT_IN, HEADSET]), usual, /It is used now/],
  ['one is unplugged that was not in use', usual, media({}, [BUILT_IN, HEADSET]), null],
  ['the first are listed', usual, media({}, []), null],
  ['the names are not told', media({}, [BUILT_IN, { id: 'b', label: '' }]), usual, null],
  ['an alias', media({}, [BUILT_IN, { id: 'default', label: 'Default' }]), usual, null],
  [
    'another has taken its place',
    media({ deviceId: 'a', isReplacement: true }),
    usual,
    /gone Now Built in is/,
  ],
  [
    'the wanted one takes its place again',
    media({ deviceId: 'b', isReplacement: true }, [BUILT_IN, HEADSET]),
    media({ deviceId: 'a', isReplacement: true }, [BUILT_IN, HEADSET]),
    /^Headset is plugged in It is used now/,
  ],
  [
    'the only one is back',
    media({ deviceId: 'c', isReplacement: true }, [{ id: 'c', label: 'Only one' }]),
    media({ deviceId: null, state: 'starting' }, [{ id: 'c', label: 'Only one' }]),
    /^Only one is plugged in It is used now/,
  ],
  ['it stays so', media({ isReplacement: true }), media({ isReplacement: true }), null],
])('%s', (_, now, before, said) => {
  const news = deviceNews('microphone', now, before, 'c');
  const words = news === null || news === 'over' ? news : `${news.what} ${news.then}`;
  if (said instanceof RegExp) expect(words).toMatch(said);
  else expect(words).toBe(said);
});
