import type { ComponentProps } from 'react';
import { Arc } from './Arc';
import css from './Button.module.css';
import { classes } from './classes';

interface ButtonLook {
  readonly look?: 'plain' | 'primary' | 'line' | 'ghost';
  readonly size?: 'normal' | 'big';
  readonly wide?: boolean;
}

interface ButtonProps extends ComponentProps<'button'>, ButtonLook {
  /** Under way: the arc takes the label's place after a while, and a second press does nothing. */
  readonly busy?: boolean;
}

/** The classes of a button, for what looks like one and is a link. */
export function buttonClass({ look = 'plain', size = 'normal', wide = false }: ButtonLook): string {
  return classes(css['button'], css[look], css[size], wide && css['wide']);
}

export function Button(props: ButtonProps) {
  const { look, size, wide, busy = false, className, children, onClick, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      className={classes(
        buttonClass({ ...(look && { look }), ...(size && { size }), wide: wide ?? false }),
        className,
      )}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      <span className={css['label']}>{children}</span>
      {busy && (
        <span className={css['busy']}>
          <Arc />
        </span>
      )}
    </button>
  );
}
