import { useEffect, useRef, useState } from 'react';
import { strings } from '../../lib/callStrings';
import { playBack, playTone, record } from '../../rtc/testSound';
import { useCall, useSession } from '../useCall';
import { Button } from './Button';
import { Dialog } from './Dialog';
import css from './SoundTest.module.css';
import { TrackLevel } from './TrackLevel';

const RECORD_MS = 3_000;

/** A dialog: whether one hears, and is heard. In the lobby and in the call. */
export function SoundTest({ onGone }: { readonly onGone: () => void }) {
  return (
    <Dialog
      title={strings.soundTest.title}
      closeLabel={strings.soundTest.close}
      className={css['test']}
      onGone={onGone}
    >
      <Speaker />
      <Microphone />
    </Dialog>
  );
}

function Speaker() {
  const { media } = useSession();
  const speakers = useCall((state) => state.media.devices.speakers);
  const chosen = useCall((state) => state.media.speakerId);
  const [isPlaying, setPlaying] = useState(false);
  const play = async () => {
    setPlaying(true);
    await playTone(chosen);
    setPlaying(false);
  };
  return (
    <section>
      <h3>{strings.soundTest.speaker}</h3>
      {speakers.length > 1 && (
        <select
          aria-label={strings.soundTest.speaker}
          value={speakers.some(({ id }) => id === chosen) ? (chosen ?? '') : speakers[0]?.id}
          onChange={({ target }) => {
            media.chooseSpeaker(target.value);
          }}
        >
          {speakers.map(({ id, label }, place) => (
            <option key={id} value={id}>
              {label || strings.deviceMenu.unnamed({ kind: strings.soundTest.speaker, place: place + 1 })}
            </option>
          ))}
        </select>
      )}
      <Button busy={isPlaying} onClick={() => void play()}>
        {isPlaying ? strings.soundTest.playing : strings.soundTest.play}
      </Button>
      <p>{strings.soundTest.playNote}</p>
    </section>
  );
}

type Recording = 'ready' | 'recording' | 'playing' | 'failed';

function Microphone() {
  const track = useOwnCopy();
  const speakerId = useCall((state) => state.media.speakerId);
  const [recording, setRecording] = useState<Recording>('ready');
  const life = useRef<AbortController | null>(null);
  useEffect(() => () => life.current?.abort(), []);
  const tryOut = async (from: MediaStreamTrack) => {
    const { signal } = (life.current = new AbortController());
    const show = (now: Recording) => {
      if (!signal.aborted) setRecording(now);
    };
    try {
      show('recording');
      const recorded = await record(from, RECORD_MS, signal);
      show('playing');
      await playBack(recorded, speakerId, signal);
      show('ready');
    } catch {
      show('failed');
    }
  };
  const words = {
    recording: strings.soundTest.recording,
    playing: strings.soundTest.hear,
    failed: strings.soundTest.failed,
  };
  return (
    <section>
      <h3>{strings.soundTest.microphone}</h3>
      {track === null ? (
        <p>{strings.soundTest.noMicrophone}</p>
      ) : (
        <>
          <div className={css['level']}>
            <TrackLevel track={track} />
            {strings.soundTest.level}
          </div>
          <Button
            aria-disabled={recording !== 'ready'}
            onClick={() => {
              if (recording === 'ready') void tryOut(track);
            }}
          >
            {strings.soundTest.record}
          </Button>
          <p role="status" className={css[recording]}>
            {recording === 'ready' ? <WhoHears /> : words[recording]}
          </p>
        </>
      )}
    </section>
  );
}

function WhoHears() {
  const isInCall = useCall(({ phase }) => phase.name === 'connected' || phase.name === 'reconnecting');
  const isMuted = useCall((state) => state.media.microphone.state === 'off');
  if (!isInCall) return strings.soundTest.recordNote;
  return isMuted ? strings.soundTest.recordMuted : strings.soundTest.recordHeard;
}

/** A copy of one's microphone that hears one while one is muted; null without a microphone. */
function useOwnCopy(): MediaStreamTrack | null {
  const { store, media } = useSession();
  const [copy, setCopy] = useState<MediaStreamTrack | null>(null);
  useEffect(() => {
    let [heard, own]: (MediaStreamTrack | null)[] = [null, null];
    const follow = () => {
      const track = media.microphoneTrack;
      if (track === heard) return;
      own?.stop();
      heard = track;
      own = track?.clone() ?? null;
      if (own !== null) own.enabled = true;
      setCopy(own);
    };
    follow();
    const unsubscribe = store.subscribe(follow);
    return () => {
      unsubscribe();
      own?.stop();
    };
  }, [store, media]);
  return copy;
}
