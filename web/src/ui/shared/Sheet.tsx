import { useEffect, useRef, type ReactNode } from 'react';
import css from './Sheet.module.css';

interface SheetProps {
  readonly above?: ReactNode;
  readonly title: string;
  readonly text: string;
  /** The ways on; the first is the one filled button. */
  readonly children: ReactNode;
}

/** One thing said in the middle of a page, and the ways on. */
export function Sheet({ above, title, text, children }: SheetProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // What one pressed is gone with its page: reading goes on at the heading.
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <main className={css['sheet']}>
      {above !== undefined && <div className={css['above']}>{above}</div>}
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      <p>{text}</p>
      <div className={css['ways']}>{children}</div>
    </main>
  );
}
