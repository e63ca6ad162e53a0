/** From one reading of a link to how much picture it carries now. Not needed in the lobby. */
import { SMALLEST } from './rungs';
import { rungFor } from './sendBudget';
import { FIRST_PAUSE_MS, noShortage, SETTLING_MS, type Reading, type Shortage } from './Shortage';

const LONGEST_PAUSE_MS = 15_000;
/** A picture that has stayed for so long was not tried too early. */
const STEADY_MS = 45_000;
const PROBE_MS = 16_000;
const READINGS_TO_SHRINK = 2;
const READINGS_TO_GROW = 3;
const READINGS_TO_RESUME = 2;
/** Packets stand in a queue for so long that the sound breaks: nothing else is waited for. */
const CLOGGED_MS = 700;
const CLOGGED_BELOW_KBPS = 300;
/** From here on the network itself shows that it carries too little. */
const QUEUE_MS = 150;
const LONG_TRIP_MS = 500;
const LOSS = 0.03;
/** A larger size is sent when there is so much more than it needs. */
const MARGIN = 1.25;
/** A browser estimates no more than half as much again as what is sent. Close to that the line has not been tried. */
const UNTRIED = 1.3;
/** It is tried after so many readings in which everything came whole and in time. */
const READINGS_TO_TRY = 8;
const RESUME_KBPS = 150;
/** So much less than sound and the smallest picture need is beyond doubt. */
const HOPELESS_KBPS = 80;
/** A probe ends when the estimate falls to this share of the best it has seen. */
const FALLEN = 0.6;

type Sending = Extract<Shortage, { name: 'sending' }>;

export function nextShortage(shortage: Shortage, reading: Reading): Shortage {
  const { at, availableKbps, hasPicture } = reading;
  // Without a picture the estimate is that of the sound alone, and there is nothing to pause.
  if (availableKbps === null || !hasPicture) return noShortage(at);
  switch (shortage.name) {
    case 'sending':
      return whileSending(shortage, reading, availableKbps);
    case 'paused': {
      // What stands in a queue from before has to leave it first.
      if (isClogged(reading)) return { ...shortage, clogged: true };
      return at < shortage.until && availableKbps < RESUME_KBPS
        ? { ...shortage, clogged: false }
        : { name: 'probing', since: at, peakKbps: 0, good: 0, pauseMs: shortage.pauseMs };
    }
    case 'probing':
      return whileProbing(shortage, reading, availableKbps);
  }
}

function whileSending(before: Sending, reading: Reading, availableKbps: number): Shortage {
  const { at, links, originalSound } = reading;
  const isStrained = suffers(reading);
  const shortage = { ...before, calm: isStrained ? 0 : before.calm + 1 };
  const fits = rungFor(availableKbps, links, originalSound);
  if (at - shortage.since < SETTLING_MS) return shortage;
  const isHopeless = isClogged(reading) || (isStrained && availableKbps < HOPELESS_KBPS);
  if (fits < SMALLEST && isHopeless) return paused(at, shortage);
  const ceiling = isStrained ? fits : Math.max(fits, SMALLEST);
  if (ceiling < shortage.ceiling) {
    const worse = shortage.worse + 1;
    if (worse < READINGS_TO_SHRINK) return { ...shortage, worse, better: 0 };
    return ceiling < SMALLEST ? paused(at, shortage) : { ...shortage, ceiling, worse: 0, better: 0 };
  }
  const room = isUntried(shortage, reading, availableKbps) ? availableKbps : availableKbps / MARGIN;
  const better = rungFor(room, links, originalSound) > shortage.ceiling ? shortage.better + 1 : 0;
  if (better < READINGS_TO_GROW) return { ...shortage, worse: 0, better };
  return { ...shortage, ceiling: shortage.ceiling + 1, worse: 0, better: 0 };
}

function whileProbing(
  shortage: Extract<Shortage, { name: 'probing' }>,
  reading: Reading,
  availableKbps: number,
): Shortage {
  const { at } = reading;
  const peakKbps = Math.max(shortage.peakKbps, availableKbps);
  const hasFailed = isClogged(reading) || availableKbps < FALLEN * peakKbps;
  if (hasFailed || at - shortage.since >= PROBE_MS) return pausedAgain(at, shortage);
  if (availableKbps < RESUME_KBPS) return { ...shortage, peakKbps, good: 0 };
  if (shortage.good + 1 < READINGS_TO_RESUME) return { ...shortage, peakKbps, good: shortage.good + 1 };
  const { pauseMs } = shortage;
  return { ...noShortage(at), ceiling: SMALLEST + 1, pauseMs };
}

/** An estimate alone is no proof. Where packets are only handled late, because a machine has too much to do, it falls
 *  to less than what is sent; so it does again and again where little is sent. What comes whole and in time fits. */
function suffers({ roundTripMs, queueMs, sentLossFraction }: Reading): boolean {
  return (queueMs ?? 0) >= QUEUE_MS || (roundTripMs ?? 0) >= LONG_TRIP_MS || (sentLossFraction ?? 0) >= LOSS;
}

/** Whether the estimate is low for the sole reason that little is sent. */
function isUntried({ calm }: Sending, { sentKbps }: Reading, availableKbps: number): boolean {
  return calm >= READINGS_TO_TRY && sentKbps !== null && availableKbps >= UNTRIED * sentKbps;
}

function isClogged({ roundTripMs, availableKbps }: Reading): boolean {
  return (roundTripMs ?? 0) > CLOGGED_MS && (availableKbps ?? Infinity) < CLOGGED_BELOW_KBPS;
}

function paused(at: number, { since, pauseMs }: Sending): Shortage {
  const wait = at - since > STEADY_MS ? FIRST_PAUSE_MS : pauseMs;
  return { name: 'paused', since: at, until: at + wait, pauseMs: longer(wait), clogged: true };
}

function pausedAgain(at: number, { pauseMs }: Shortage): Shortage {
  return { name: 'paused', since: at, until: at + pauseMs, pauseMs: longer(pauseMs), clogged: true };
}

function longer(pauseMs: number): number {
  return Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
}
