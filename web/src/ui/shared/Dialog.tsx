import { useEffect, useId, useRef, type ReactNode } from 'react';
import { PanelHead } from '../call/panel/PanelHead';
import { classes } from './classes';
import css from './Dialog.module.css';

interface DialogProps {
  readonly title: string;
  readonly closeLabel: string;
  readonly className?: string | undefined;
  /** It has been closed, and has faded. */
  readonly onGone: () => void;
  readonly children: ReactNode;
}

/** Lies over the page, which waits meanwhile. What closes it gives the page back at once; its look fades after. */
export function Dialog({ title, closeLabel, className, onGone, children }: DialogProps) {
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={classes(css['dialog'], className)}
      aria-labelledby={titleId}
      onClose={({ currentTarget }) => {
        const fading = currentTarget.getAnimations().map(({ finished }) => finished);
        void Promise.allSettled(fading).then(onGone);
      }}
    >
      <PanelHead
        id={titleId}
        title={title}
        closeLabel={closeLabel}
        onClose={() => {
          dialog.current?.close();
        }}
      />
      {children}
    </dialog>
  );
}
