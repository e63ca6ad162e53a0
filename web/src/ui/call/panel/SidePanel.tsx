import ChevronLeft from 'lucide-react/icons/chevron-left';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { Farewell } from '../Farewell';
import { useKeyboardInset } from '../useKeyboardInset';
import { PanelHead } from './PanelHead';
import head from './PanelHead.module.css';
import css from './SidePanel.module.css';

interface SidePanelProps {
  readonly title: string;
  readonly closeLabel: string;
  readonly onClose: () => void;
  /** The panel from which one came. */
  readonly back?: { readonly label: string; readonly onBack: () => void };
  /** Whether something in it takes the focus by itself; else the title does. */
  readonly hasFocus?: boolean;
  readonly children: ReactNode;
}

/** Beside the faces, or below them on a phone: they move aside and nothing covers them. Escape closes it. */
export function SidePanel({ title, closeLabel, onClose, back, hasFocus = false, children }: SidePanelProps) {
  const titleId = useId();
  const panel = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useKeyboardInset(panel);
  // Read before the bar is drawn anew beside it, and before anything in it takes the focus.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // A bar that has more room without the panel is drawn by then.
      queueMicrotask(() => {
        // What had the focus is gone with the panel; a press elsewhere has moved it already.
        if (document.activeElement === document.body) presentOf(before)?.focus();
      });
    },
    [before],
  );
  useEffect(() => {
    if (!hasFocus) heading.current?.focus();
  }, [hasFocus]);
  useEffect(() => {
    const shown = panel.current;
    if (shown === null) return undefined;
    // What is done takes its buttons with it: reading goes on at the title.
    let isWithin = shown.contains(document.activeElement);
    const life = new AbortController();
    const follow = () => {
      isWithin = shown.contains(document.activeElement);
    };
    shown.addEventListener('focusin', follow, life);
    shown.addEventListener(
      'focusout',
      (event) => {
        isWithin = event.relatedTarget === null && !(event.target as Element).isConnected;
      },
      life,
    );
    const watch = new MutationObserver(() => {
      if (isWithin && document.activeElement === document.body) heading.current?.focus();
    });
    watch.observe(shown, { childList: true, subtree: true });
    return () => {
      watch.disconnect();
      life.abort();
    };
  }, []);
  return (
    <aside
      ref={panel}
      className={css['panel']}
      aria-labelledby={titleId}
      data-stage
      data-area
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing || event.defaultPrevented) return;
        if (back === undefined) onClose();
        else back.onBack();
      }}
    >
      <PanelHead id={titleId} title={title} closeLabel={closeLabel} onClose={onClose} heading={heading}>
        {back !== undefined && (
          <button type="button" className={head['icon']} aria-label={back.label} onClick={back.onBack}>
            <ChevronLeft aria-hidden="true" className={css['mirrored']} />
          </button>
        )}
      </PanelHead>
      {children}
      <Farewell />
    </aside>
  );
}

/** The same control: itself, or the one that has been drawn in its place; else the page. */
function presentOf(control: Element | null): HTMLElement | null {
  if (control instanceof HTMLElement && control !== document.body && control.isConnected) return control;
  const key = control?.getAttribute('aria-keyshortcuts') ?? '';
  return (
    document.querySelector<HTMLElement>(`nav [aria-keyshortcuts='${key}']`) ?? document.querySelector('main')
  );
}
