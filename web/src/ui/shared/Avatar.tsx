import { initialsOf, tintOf } from './initials';
import css from './Avatar.module.css';
import { classes } from './classes';

/** Initials on a tint, for somebody without a picture. The name stands beside it in words. */
export function Avatar({ name, large = false }: { readonly name: string; readonly large?: boolean }) {
  return (
    <span
      className={classes(css['avatar'], large && css['large'])}
      style={{ background: `var(--p${tintOf(name)})` }}
      aria-hidden="true"
    >
      {initialsOf(name)}
    </span>
  );
}

export function Avatars({ names }: { readonly names: readonly string[] }) {
  const shown = names.length > 4 ? names.slice(0, 3) : names;
  return (
    <span className={css['row']} aria-hidden="true">
      {shown.map((name, place) => (
        <Avatar key={place} name={name} />
      ))}
      {shown.length < names.length && <span className={css['avatar']}>+{names.length - shown.length}</span>}
    </span>
  );
}
