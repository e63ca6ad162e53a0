import type { ReactNode } from 'react';
import { Page } from '../shared/Page';
import css from './Account.module.css';

interface NarrowProps {
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}

/** A page with one short form in the middle. */
export function Narrow({ title, text, children }: NarrowProps) {
  return (
    <Page title={title}>
      <main className={css['narrow']}>
        <h1>{title}</h1>
        {text !== undefined && <p>{text}</p>}
        {children}
      </main>
    </Page>
  );
}
