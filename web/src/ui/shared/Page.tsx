import type { ReactNode } from 'react';
import { strings } from '../../lib/strings';
import { Brand } from './Brand';
import css from './Page.module.css';
import { ThemeSwitch } from './ThemeSwitch';

interface PageProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** A page outside of a call: the mark at the top, one question in the middle. */
export function Page({ title, children }: PageProps) {
  return (
    <div className={css['page']}>
      <title>{title === strings.product ? title : strings.title(title)}</title>
      <header className={css['top']}>
        <Brand />
        <ThemeSwitch />
      </header>
      {children}
    </div>
  );
}
