import type { ReactNode } from 'react';
import { strings } from '../../lib/strings';
import { PageLink } from '../PageLink';
import { LanguageChoice } from './LanguageChoice';
import { Brand } from './Brand';
import css from './Page.module.css';
import { ThemeSwitch } from './ThemeSwitch';

interface PageProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Whether the page itself is where the foot leads. */
  readonly isCheck?: boolean;
  /** Beside the switches at the top. */
  readonly aside?: ReactNode;
}

/** A page outside of a call: the mark at the top, one question in the middle. */
export function Page({ title, children, isCheck = false, aside }: PageProps) {
  return (
    <div className={css['page']}>
      <title>{title === strings.product ? title : strings.title({ page: title })}</title>
      <header className={css['top']}>
        <Brand />
        <div className={css['aside']}>
          {aside}
          <ThemeSwitch />
        </div>
      </header>
      {children}
      {!isCheck && (
        <footer className={css['foot']}>
          <PageLink to={{ name: 'check' }}>{strings.check}</PageLink>
          <LanguageChoice />
        </footer>
      )}
    </div>
  );
}
