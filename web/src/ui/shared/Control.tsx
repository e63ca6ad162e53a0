import type { ComponentProps, ReactNode } from 'react';
import { strings } from '../../lib/strings';
import { Arc } from './Arc';
import css from './Control.module.css';
import { classes } from './classes';
import { useLate } from './useLate';

interface ControlProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly icon: ReactNode;
  readonly label: string;
  readonly look?: 'plain' | 'off' | 'on' | 'leave' | 'error';
  /** Under way: shown after a while; a second press does nothing. */
  readonly busy?: boolean;
}

/** One control of a bar: an icon over a word. Its size holds the longest word of its states. */
export function Control({
  icon,
  label,
  look = 'plain',
  busy = false,
  className,
  onClick,
  ...rest
}: ControlProps) {
  const isLate = useLate(busy);
  return (
    <button
      type="button"
      {...rest}
      className={classes(css['control'], css[look], className)}
      aria-busy={isLate || undefined}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (!busy) onClick?.(event);
      }}
    >
      <span className={css['icon']}>
        {isLate ? <Arc /> : icon}
        {look === 'error' && !isLate && <i className={css['mark']} aria-hidden="true" />}
      </span>
      <span className={css['label']}>{isLate ? strings.moment : label}</span>
    </button>
  );
}
