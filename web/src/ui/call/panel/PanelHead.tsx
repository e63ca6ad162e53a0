import X from 'lucide-react/icons/x';
import type { ReactNode, Ref } from 'react';
import css from './PanelHead.module.css';

interface PanelHeadProps {
  readonly id: string;
  readonly title: string;
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly heading?: Ref<HTMLHeadingElement>;
  /** Before the title. */
  readonly children?: ReactNode;
}

/** What every panel begins with: its title, and the way to close it. */
export function PanelHead({ id, title, closeLabel, onClose, heading, children }: PanelHeadProps) {
  return (
    <header className={css['head']}>
      {children}
      <h2 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <button type="button" className={css['icon']} aria-label={closeLabel} onClick={onClose}>
        <X aria-hidden="true" />
      </button>
    </header>
  );
}
