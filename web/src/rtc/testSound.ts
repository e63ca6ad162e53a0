/** Sound for one's own ears: whether the speaker plays, and how the microphone hears one. */

const TONE_SECONDS = 1.2;

/** On one speaker; null: the browser's default, and so where that is gone or the browser cannot choose. */
async function play(source: MediaStream | Blob, speakerId: string | null): Promise<HTMLAudioElement> {
  const audio = new Audio();
  if (source instanceof Blob) audio.src = URL.createObjectURL(source);
  else audio.srcObject = source;
  const { setSinkId } = audio as Partial<Pick<HTMLAudioElement, 'setSinkId'>>;
  if (speakerId !== null) await setSinkId?.call(audio, speakerId).catch(() => undefined);
  await audio.play();
  return audio;
}

/** Two tones, the second higher, soft at both ends. Resolves when they are over. */
export async function playTone(speakerId: string | null = null): Promise<void> {
  const context = new AudioContext();
  const volume = new GainNode(context, { gain: 0 });
  let audio: HTMLAudioElement | null = null;
  if (speakerId === null) {
    volume.connect(context.destination);
  } else {
    const output = context.createMediaStreamDestination();
    volume.connect(output);
    audio = await play(output.stream, speakerId);
  }
  const begin = context.currentTime + 0.05;
  for (const [frequency, at] of [
    [523, begin],
    [659, begin + TONE_SECONDS / 2],
  ] as const) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(volume);
    tone.start(at);
    tone.stop(at + TONE_SECONDS / 2);
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.25, at + 0.05);
    volume.gain.linearRampToValueAtTime(0, at + TONE_SECONDS / 2);
  }
  await new Promise((resolve) => {
    setTimeout(resolve, TONE_SECONDS * 1000 + 100);
  });
  if (audio !== null) audio.srcObject = null;
  await context.close();
}

/** What the track gives within a time; sooner where the signal is aborted. Rejects where the browser cannot record. */
export async function record(track: MediaStreamTrack, ms: number, signal: AbortSignal): Promise<Blob> {
  const recorder = new MediaRecorder(new MediaStream([track]));
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => {
    parts.push(data);
  };
  const isOver = new Promise<void>((resolve, reject) => {
    recorder.onstop = () => {
      resolve();
    };
    recorder.onerror = () => {
      reject(new Error('not recorded'));
    };
  });
  const stop = () => {
    if (recorder.state !== 'inactive') recorder.stop();
  };
  recorder.start();
  const timer = setTimeout(stop, ms);
  signal.addEventListener('abort', stop);
  await isOver.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  });
  return new Blob(parts, { type: recorder.mimeType });
}

/** Play what was recorded. Resolves when it is over, or the signal is aborted. */
export async function playBack(recorded: Blob, speakerId: string | null, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const audio = await play(recorded, speakerId);
  await new Promise<void>((resolve) => {
    for (const event of ['ended', 'error', 'pause']) {
      audio.addEventListener(event, () => {
        resolve();
      });
    }
    signal.addEventListener('abort', () => {
      audio.pause();
    });
  });
  URL.revokeObjectURL(audio.src);
}
