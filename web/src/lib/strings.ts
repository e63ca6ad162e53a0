/** Every word that the pages say. The voice: what happened, then what it means or what to do. Two sentences
 *  at most; no exclamation, no codes, no blame. */
import type { DeviceProblem } from '../rtc/LocalMedia';
import type { Quality } from '../rtc/linkQuality';
import type { PictureStats } from '../rtc/LinkStats';
import type { ErrorCode } from './errors';

/** What happened, and what it means or what to do. */
export interface Words {
  readonly what: string;
  readonly then: string;
}

export type DeviceKind = 'microphone' | 'camera';

const locale = 'en-GB';
const plurals = new Intl.PluralRules(locale);
const listOf = new Intl.ListFormat(locale, { style: 'long', type: 'conjunction' });

function counted(n: number, one: string, other: string): string {
  return `${n} ${plurals.select(n) === 'one' ? one : other}`;
}

/** "Mara", "Mara and Joel", "Mara, Joel and 3 others". */
function people(names: readonly string[], shown = 3): string {
  const known = names.length <= shown + 1 ? names : names.slice(0, shown);
  const rest = names.length - known.length;
  return listOf.format([...known.map(named), ...(rest > 0 ? [counted(rest, 'other', 'others')] : [])]);
}

function named(name: string): string {
  return name.trim() || guest;
}

const guest = 'Guest';

/** "24 minutes", "1 hour 5 minutes", "less than a minute". */
function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 60) return 'less than a minute';
  if (minutes < 60) return counted(minutes, 'minute', 'minutes');
  const hours = counted(Math.floor(minutes / 60), 'hour', 'hours');
  return minutes % 60 === 0 ? hours : `${hours} ${counted(minutes % 60, 'minute', 'minutes')}`;
}

function capitalised(sentence: string): string {
  return sentence.slice(0, 1).toLocaleUpperCase(locale) + sentence.slice(1);
}

const internal: Words = {
  what: 'Something went wrong on the server',
  then: 'It was written down there. Trying again often helps.',
};
const oldPage: Words = {
  what: 'This page and the server do not match',
  then: 'The server was renewed in the meantime. Load the page again.',
};
const outside: Words = {
  what: 'You are no longer in this room',
  then: 'Your place was given up in the meantime. Go back in to go on.',
};

/** Words for everything that can go wrong: a new code without words does not compile. */
const problem: Readonly<Record<ErrorCode, Words>> = {
  account_exists: oldPage,
  account_not_found: oldPage,
  already_in_room: {
    what: 'You are in this room already',
    then: 'Look for it in another tab, or load this page again.',
  },
  candidate_too_large: oldPage,
  capacity_invalid: {
    what: 'A room cannot have that many people here',
    then: 'Choose another number.',
  },
  description_too_large: oldPage,
  email_invalid: oldPage,
  event_unknown: oldPage,
  internal,
  link_invalid: oldPage,
  message_invalid: oldPage,
  message_too_large: oldPage,
  method_not_allowed: oldPage,
  name_too_long: { what: 'That name is too long', then: 'A name has 60 letters at most.' },
  not_allowed: {
    what: 'This room does not let you do that',
    then: 'Ask those who look after the room.',
  },
  not_found: oldPage,
  not_in_room: outside,
  not_prepared: {
    what: 'Nothing could be made ready beforehand',
    then: 'Join as ever; it takes a moment longer.',
  },
  participant_away: { what: 'They are away for a moment', then: 'It goes on when they are back.' },
  participant_not_found: { what: 'They have just left', then: 'The others are still here.' },
  rate_limited: { what: 'That was too often', then: 'Wait a few seconds and try again.' },
  room_exists: { what: 'That room exists already', then: 'Join it, or choose another name.' },
  room_full: {
    what: 'This room is full',
    then: 'You can go in when someone leaves. Press Join to try again.',
  },
  room_id_invalid: {
    what: 'That is not the name of a room',
    then: 'A name has 3 to 64 letters a to z, digits, - and _, and starts with a letter or digit.',
  },
  room_not_found: {
    what: 'This room does not exist',
    then: 'Look at the link once more, or start a room of your own.',
  },
  storage_unavailable: {
    what: 'The server cannot reach its rooms',
    then: 'Calls that are under way go on. Try again in a moment.',
  },
  text_empty: { what: 'There is nothing to send', then: 'Write something first.' },
  text_too_long: { what: 'That message is too long', then: 'Send it in parts of at most 4,000 letters.' },
  ticket_expired: outside,
  ticket_invalid: outside,
  too_many_candidates: oldPage,
  user_name_invalid: oldPage,
  version_unsupported: oldPage,
  permission_denied: {
    what: 'The browser keeps camera and microphone closed',
    then: 'Allow them beside the address, and they open here.',
  },
  no_device: { what: 'No device found', then: 'Plug one in at any time. It appears under Devices.' },
  device_busy: {
    what: 'Another program has the device',
    then: 'Close that program and try again.',
  },
  device_lost: { what: 'The device is gone', then: 'Plug it in again, or choose another under Devices.' },
  insecure_page: {
    what: 'This page may not use camera and microphone',
    then: 'Browsers give them to https pages only. You can still listen.',
  },
  device_failed: { what: 'The device does not start', then: 'Choose another under Devices, or try again.' },
  server_unreachable: {
    what: 'The server does not answer',
    then: 'This page goes on trying by itself.',
  },
  link_failed: { what: 'No way through yet', then: 'It is tried again by itself.' },
};

const device: Readonly<Record<DeviceKind, Readonly<Record<DeviceProblem, Words>>>> = {
  camera: {
    permission_denied: {
      what: 'The browser keeps the camera closed',
      then: 'Select the icon beside the address and set Camera to Allow.',
    },
    no_device: { what: 'No camera found', then: 'Plug one in at any time. It appears under Devices.' },
    device_busy: {
      what: 'Another program has the camera',
      then: 'Close that program, then start the camera again.',
    },
    device_lost: {
      what: 'The camera is gone',
      then: 'Plug it in again, or choose another under Devices.',
    },
    insecure_page: {
      what: 'No camera on this page',
      then: 'Browsers give the camera to https pages only.',
    },
    device_failed: {
      what: 'The camera does not start',
      then: 'Try again, or choose another under Devices.',
    },
  },
  microphone: {
    permission_denied: {
      what: 'The browser keeps the microphone closed',
      then: 'Select the icon beside the address and set Microphone to Allow.',
    },
    no_device: { what: 'No microphone found', then: 'Plug one in at any time. It appears under Devices.' },
    device_busy: {
      what: 'Another program has the microphone',
      then: 'Close that program, then switch it on again.',
    },
    device_lost: {
      what: 'The microphone is gone',
      then: 'Plug it in again, or choose another under Devices.',
    },
    insecure_page: {
      what: 'No microphone on this page',
      then: 'Browsers give the microphone to https pages only.',
    },
    device_failed: {
      what: 'The microphone does not start',
      then: 'Try again, or choose another under Devices.',
    },
  },
};

export const strings = {
  product: 'Visavis',
  wordmark: 'visavis',
  guest,
  you: 'You',
  named,
  moment: 'One moment',
  home: 'Home',
  startRoom: 'Start a room',
  check: 'Check camera and connection',
  switchTheme: 'Switch between light and dark',
  title: (page: string) => `${page} · Visavis`,
  problem,
  device,

  homePage: {
    title: 'Visavis',
    question: 'Who would you like to see?',
    or: 'or join one',
    entry: 'Link or name of a room',
    join: 'Join',
    empty: 'Paste the link that you were sent, or type the name of a room.',
    invalid: problem.room_id_invalid.then,
    elsewhere: (host: string) => `This link leads to another server, ${host}.`,
    openThere: 'Open it there',
    unreachable: { what: problem.server_unreachable.what, then: 'Look at your connection and press again.' },
  },

  nowhere: {
    title: 'Nothing here',
    text: 'No page has this address. Look at the link once more.',
  },

  lobby: {
    yourName: 'Your name',
    join: 'Join',
    onlyListen: 'Go in without camera and microphone',
    youOnlyListen: 'You will only listen. You can change that in the call.',
    looking: 'Looking for the room',
    nobody: 'Nobody is here yet',
    inside: (names: readonly string[]) =>
      `${people(names)} ${plurals.select(names.length) === 'one' ? 'is' : 'are'} inside`,
    full: (room: string) => `${room} is full`,
    serverIsBack: { what: 'The server did not answer', then: 'Press Join to try again.' },
    fullNote: { what: 'You can go in when someone leaves', then: 'Press Join to try again.' },
    insideOf: (inside: number, capacity: number) => `${inside} of ${capacity} are inside`,
    missing: (room: string) => `There is no room ${room}`,
    ownPicture: 'Your own picture, mirrored',
    controls: 'Microphone and camera',
    microphone: { on: 'Mic on', off: 'Mic off' },
    camera: { on: 'Camera on', off: 'Camera off' },
    ask: {
      what: 'May Visavis use your camera?',
      then: 'Your browser will ask. Only you can see the picture until you join.',
    },
    askMicrophone: {
      what: 'May Visavis use your microphone?',
      then: 'Your browser will ask. Nobody hears you until you join.',
    },
    askAgain: {
      what: 'The question is still open',
      then: 'Your browser asks again when you press. You can also just listen.',
    },
    askNow: 'Ask now',
    asking: {
      what: 'Your browser asks now',
      then: 'Press Allow, and your picture appears here.',
    },
    refused: {
      what: 'The browser keeps the camera and microphone closed',
      then: 'This site was told no earlier. That can be changed.',
    },
    stepsTitle: 'To let others see and hear you',
    steps: [
      'Select the icon beside the address.',
      'Set Camera and Microphone to Allow.',
      'Come back here. The page notices by itself.',
    ],
    insecure: {
      what: 'Camera and microphone need a safe page',
      then: 'Browsers give them to https pages only. Until then you can listen.',
    },
    insecureSteps: (httpsLink: string, localLink: string) => [
      `Open ${httpsLink} if this server has https.`,
      `Or open ${localLink} on the machine that runs the server.`,
    ],
    relayMissing: {
      what: 'Your network address cannot be hidden here',
      then: 'This server has no relay, so nobody could be reached. You can turn that off under Devices.',
    },
    relayAway: {
      what: 'The relay of this server is away',
      then: 'All calls here go through it. Nobody can be reached until it is back.',
    },
    cameraOff: { what: 'Your camera is off', then: 'The others will see your name.' },
  },

  devices: {
    button: 'Devices',
    microphone: 'Microphone',
    camera: 'Camera',
    speaker: 'Speaker',
    unnamed: (kind: string, n: number) => `${kind} ${n}`,
    none: 'None found',
    hidden: 'Names appear when the browser has allowed camera and microphone.',
    privacy: 'Privacy',
    hideAddress: 'Hide my network address',
    hideAddressNote: 'The others see the address of a relay instead. Pictures may come a little later.',
    addressesHidden: 'This server hides the addresses of all behind its relay.',
    noRelay: 'This server has no relay behind which it could be hidden.',
  },

  /** The short word under a control whose device does not work. */
  deviceLabel: {
    permission_denied: 'Not allowed',
    no_device: 'No device',
    device_busy: 'In use',
    device_lost: 'Unplugged',
    insecure_page: 'Not allowed',
    device_failed: 'Try again',
  } satisfies Readonly<Record<DeviceProblem, string>>,

  call: {
    controls: 'Call controls',
    mute: 'Mute',
    unmute: 'Unmute',
    stopVideo: 'Stop video',
    startVideo: 'Start video',
    copyLink: 'Copy link',
    leave: 'Leave',
    withProblem: (action: string, label: string) => `${action} (${label})`,
    /** "24:08", "1:02:41". */
    clock: (seconds: number) => {
      const two = (n: number) => String(n).padStart(2, '0');
      const minutes = Math.floor(seconds / 60);
      const rest = two(seconds % 60);
      return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
    },
    title: (room: string, others: readonly string[]) =>
      others.length === 0 ? room : `${people(others, 2)}, ${room}`,
    muted: 'muted',
    reconnecting: 'Reconnecting',
    connecting: 'Connecting',
    lastSeen: (seconds: number) =>
      seconds < 60
        ? `Last seen ${counted(seconds, 'second', 'seconds')} ago`
        : `Last seen ${counted(Math.floor(seconds / 60), 'minute', 'minutes')} ago`,
    noWayThrough: (name: string) => `No way through to ${name} yet`,
    tryingAgain: 'Trying again.',
    andMore: (n: number) => `and ${n} more`,
    first: {
      what: 'You are the first here',
      then: 'Send this link. Whoever opens it can come in.',
    },
    alone: {
      what: 'You are alone here now',
      then: 'Whoever has the link can come in again.',
    },
    link: 'Link to this room',
    copy: 'Copy',
    copied: { what: 'Link copied', then: 'Whoever has it can come in.' },
    notCopied: (link: string): Words => ({ what: 'Copy the link by hand', then: link }),
    serverAway: {
      what: problem.server_unreachable.what,
      then: 'The call goes on. Nobody new can come in yet.',
    },
    tryNow: 'Try now',
    soundBlocked: { what: 'The browser keeps the sound off', then: 'It wants one press from you first.' },
    hear: 'Press to hear',
    cameIn: (name: string) => `${named(name)} came in`,
    wentOut: (name: string) => `${named(name)} left`,
  },

  quality: {
    mark: (name: string | null, quality: Quality) =>
      name === null
        ? `Your connection is ${quality}. Details`
        : `The connection to ${name} is ${quality}. Details`,
    weak: 'Weak',
    picturePaused: 'Picture paused',
    ownPaused: {
      what: 'Your connection is weak',
      then: 'Your picture is paused to keep the sound. It comes back by itself.',
    },
    pausedFor: (names: readonly string[]): Words => ({
      what: `The connection to ${people(names)} is weak`,
      then: 'Your picture is paused there to keep the sound. It comes back by itself.',
    }),
    soundOnly: 'Sound only for now',
    tilePaused: 'Picture paused: weak connection',
    own: 'Your connection',
    to: (name: string) => `Connection to ${name}`,
    close: 'Close',
    unknown: 'Nothing is known yet.',
    verdict: {
      good: 'Good. Picture and sound arrive as they should.',
      fair: 'Fair. Some of it arrives late, or not at all.',
      poor: 'Weak. Sound goes before pictures.',
    } satisfies Readonly<Record<Quality, string>>,
    roundTrip: 'There and back',
    path: 'Way',
    pathIs: {
      direct: (protocol: string | null) =>
        protocol === null ? 'Direct' : `Direct, by ${protocol.toUpperCase()}`,
      relayed: (protocol: string | null) =>
        protocol === null ? 'Relayed by a server' : `Relayed by a server, by ${protocol.toUpperCase()}`,
    },
    pictureFrom: (name: string) => `Picture from ${name}`,
    pictureTo: (name: string) => `Picture to ${name}`,
    picture: ({ width, height, framerate, codec }: PictureStats) =>
      `${width} × ${height}, ${framerate} a second${codec === null ? '' : `, ${codec}`}`,
    paused: 'Paused',
    none: 'None',
    sound: 'Sound',
    soundCodec: (codec: string) => codec.slice(0, 1).toUpperCase() + codec.slice(1),
    soundDelay: 'Sound held back',
    soundRepaired: 'Sound made up',
    lostHere: 'Lost on the way here',
    lostThere: 'Lost on the way there',
    received: 'Received',
    sent: 'Sent',
    available: 'Room for sending',
    people: 'People',
    relayedOf: 'Relayed by a server',
    ofAll: (some: number, all: number) => `${some} of ${all}`,
    shortestTrip: 'Shortest way there and back',
    leastLostHere: 'Least lost on the way here',
    leastLostThere: 'Least lost on the way there',
    milliseconds: (ms: number) => `${Math.round(ms)} ms`,
    percent: (fraction: number) => `${(100 * fraction).toFixed(1)} %`,
    rate: (kbps: number) => (kbps < 1000 ? `${kbps} kbit/s` : `${(kbps / 1000).toFixed(1)} Mbit/s`),
  },

  after: {
    left: (room: string) => `You left ${room}`,
    replaced: {
      what: 'This call is open in another tab',
      then: 'Go on there, or come back in here.',
    },
    back: 'Go back in',
    summary: (seconds: number, met: readonly string[], stillInside: number) => {
      const time = duration(seconds);
      if (met.length === 0) return `${capitalised(time)}. Nobody else came in.`;
      return `${capitalised(time)} with ${people(met)}.${still(met, stillInside)}`;
    },
  },
} as const;

function still(met: readonly string[], inside: number): string {
  if (inside === 0) return '';
  if (inside >= 2) return inside >= met.length ? ' They are still talking.' : ` ${inside} are still talking.`;
  return met.length === 1 ? ` ${people(met)} is still there.` : ' One of them is still there.';
}
