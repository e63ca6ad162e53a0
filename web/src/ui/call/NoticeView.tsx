import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Words } from '../../lib/strings';
import { classes } from '../shared/classes';
import { Farewell } from './Farewell';
import css from './Notices.module.css';

const PASSES_AFTER_MS = 6000;

interface NoticeViewProps {
  readonly icon: ReactNode;
  readonly words: Words;
  readonly look?: 'plain' | 'caution';
  /** What follows takes one line at most, and none where there is little room. */
  readonly isBrief?: boolean;
  /** The name in `words.what` of somebody who may be called anything: takes one line, and ends in "…". */
  readonly who?: string;
  /** What one can do about it. */
  readonly children?: ReactNode;
  /** Given: the notice goes by itself, unless somebody points at it. */
  readonly onGone?: () => void;
}

export function NoticeView({
  icon,
  words,
  look = 'plain',
  isBrief = false,
  who,
  children,
  onGone,
}: NoticeViewProps) {
  const [isHeld, setHeld] = useState(false);
  const gone = useRef(onGone);
  useEffect(() => {
    gone.current = onGone;
  });
  const passes = onGone !== undefined && !isHeld;
  useEffect(() => {
    if (!passes) return undefined;
    const timer = setTimeout(() => gone.current?.(), PASSES_AFTER_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [passes]);
  return (
    <div
      className={classes(css['notice'], css[look], isBrief && css['brief'])}
      data-notice
      onPointerEnter={() => {
        setHeld(true);
      }}
      onPointerLeave={() => {
        setHeld(false);
      }}
    >
      {icon}
      <p>
        <What words={words.what} who={who} />
        <small>{words.then}</small>
      </p>
      {children}
      <Farewell />
    </div>
  );
}

function What({ words, who = '' }: { readonly words: string; readonly who: string | undefined }) {
  const at = who === '' ? -1 : words.indexOf(who);
  if (at < 0) return <b>{words}</b>;
  return (
    <b title={words}>
      {words.slice(0, at)}
      <bdi className={css['who']}>{who}</bdi>
      {words.slice(at + who.length)}
    </b>
  );
}
