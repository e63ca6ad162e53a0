/** What there is to say when something happens to a device: pure. */
import type { DeviceChoice, MediaState } from '../../rtc/LocalMedia';
import { strings } from '../../lib/callStrings';
import type { DeviceKind, Words } from '../../lib/strings';

/** Names that browsers give to whichever device the system prefers. */
const ALIASES: ReadonlySet<string> = new Set(['default', 'communications']);

/** null: nothing; 'over': what was said is not so any more. `lastUsed`: the id of the device that worked last. */
export function deviceNews(
  kind: DeviceKind,
  now: MediaState,
  before: MediaState,
  lastUsed: string | null,
): Words | 'over' | null {
  const [device, was] = [now[kind], before[kind]];
  const { news } = strings;
  if (device.state === 'failed' && device.problem !== null && device.problem !== was.problem) {
    return strings.device[kind][device.problem];
  }
  if (device.state === 'on' && device.isInterrupted === true && was.isInterrupted !== true) {
    return news.interrupted[kind];
  }
  const name = labelOf(listOf(kind, now), device.deviceId);
  if (device.isReplacement === true && (was.isReplacement !== true || device.deviceId !== was.deviceId)) {
    // Only the one that is wanted takes the place of a replacement that works.
    const isBack = was.isReplacement === true || device.deviceId === lastUsed;
    return isBack
      ? { what: news.pluggedIn({ name }), then: news.usedNow }
      : { what: strings.device[kind].device_lost.what, then: news.usedInstead({ name }) };
  }
  const known = listOf(kind, before);
  const added = listOf(kind, now).find(({ id }) => !ALIASES.has(id) && !known.some((old) => old.id === id));
  if (known.length > 0 && added !== undefined && added.label !== '') {
    const then = added.id === device.deviceId ? news.usedNow : news.canBeChosen;
    return { what: news.pluggedIn({ name: added.label }), then };
  }
  const isWell = device.state !== 'failed' && device.isInterrupted !== true;
  return isWell && (was.state === 'failed' || was.isInterrupted === true) ? 'over' : null;
}

function listOf(kind: DeviceKind, { devices }: MediaState): readonly DeviceChoice[] {
  return kind === 'microphone' ? devices.microphones : devices.cameras;
}

function labelOf(list: readonly DeviceChoice[], id: string | null): string {
  return list.find((device) => device.id === id)?.label ?? '';
}
