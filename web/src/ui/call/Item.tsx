import type { ReactNode } from 'react';
import css from '../shared/DevicesMenu.module.css';

interface ItemProps {
  readonly icon: ReactNode;
  readonly label: string;
  readonly onPress: () => void;
}

/** One line of a menu. */
export function Item({ icon, label, onPress }: ItemProps) {
  return (
    <button type="button" role="menuitem" className={css['item']} tabIndex={-1} onClick={onPress}>
      {icon}
      {label}
    </button>
  );
}
