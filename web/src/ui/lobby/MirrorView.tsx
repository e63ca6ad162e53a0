import { useShallow } from 'zustand/react/shallow';
import { strings } from '../../lib/strings';
import { Avatar } from '../shared/Avatar';
import { classes } from '../shared/classes';
import { VideoView } from '../shared/VideoView';
import { useCall } from '../useCall';
import { type Mirror, mirrorOf } from './mirror';
import { MirrorBar } from './MirrorBar';
import { MirrorWords } from './MirrorWords';
import css from './MirrorView.module.css';

/** One's own picture as one knows it from a mirror; or, in words, why there is none. */
export function MirrorView({ name }: { readonly name: string }) {
  const mirror = useCall(useShallow((state) => mirrorOf(state.media)));
  const isTurned = useCall((state) => state.media.camera.facing === 'environment');
  const isDark = isOnStage(mirror);
  return (
    <div className={css['frame']} {...(!isDark && { 'data-words': true })}>
      <div className={classes(css['glass'], isDark && css['dark'])} {...(isDark && { 'data-stage': true })}>
        {mirror.name === 'picture' ? (
          <VideoView
            className={classes(css['picture'], isTurned && css['turned'])}
            stream={mirror.stream}
            muted
            aria-label={strings.lobby.ownPicture}
          />
        ) : (
          <div className={css['instead']}>
            {(mirror.name === 'off' || mirror.name === 'failed') && <Avatar name={name} large />}
            <MirrorWords mirror={mirror} />
          </div>
        )}
      </div>
      <MirrorBar isDark={isDark} />
    </div>
  );
}

/** A picture, and the wait for one, stand on the dark stage; words stand on paper. */
function isOnStage(mirror: Mirror): boolean {
  return mirror.name === 'picture' || mirror.name === 'starting';
}
