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
        <b>{words.what}</b>
        <small>{words.then}</small>
      </p>
      {children}
      <Farewell />
    </div>
  );
}
