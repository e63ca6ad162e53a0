import { useState, type ReactNode } from 'react';
import { Button } from './Button';
import css from './Sure.module.css';

interface SureProps {
  readonly label: string;
  readonly icon?: ReactNode;
  /** What it means, once it is pressed. */
  readonly question: string;
  readonly yes: string;
  readonly no: string;
  readonly wide?: boolean;
  readonly busy?: boolean;
  readonly onSure: () => void;
}

/** A button for what cannot be taken back: asks in its own place whether one means it. */
export function Sure({ label, icon, question, yes, no, wide = false, busy = false, onSure }: SureProps) {
  const [isAsking, setAsking] = useState(false);
  const [wasAsked, setAsked] = useState(false);
  if (!isAsking) {
    return (
      <Button
        className={css['hard']}
        wide={wide}
        // Who thinks better of it is where they were.
        autoFocus={wasAsked}
        onClick={() => {
          setAsking(true);
          setAsked(true);
        }}
      >
        {icon} {label}
      </Button>
    );
  }
  return (
    <div className={css['sure']} role="group" aria-label={label}>
      <p role="alert">{question}</p>
      <Button
        autoFocus
        onClick={() => {
          setAsking(false);
        }}
      >
        {no}
      </Button>
      <Button className={css['yes']} busy={busy} onClick={onSure}>
        {yes}
      </Button>
    </div>
  );
}
