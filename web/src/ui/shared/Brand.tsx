import { strings } from '../../lib/strings';
import { PageLink } from '../PageLink';
import css from './Brand.module.css';

/** The mark, two halves face to face, and the way home. */
export function Brand() {
  return (
    <PageLink to={{ name: 'home' }} className={css['brand']}>
      <svg viewBox="0 0 30 22" aria-hidden="true">
        <path className={css['you']} d="M13 0A11 11 0 0 0 13 22z" />
        <path className={css['me']} d="M17 0A11 11 0 0 1 17 22z" />
      </svg>
      {strings.wordmark}
    </PageLink>
  );
}
