import { useId, type ComponentProps } from 'react';
import { classes } from './classes';
import field from './Field.module.css';

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'id'> {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  /** What is wrong with it; takes the hint's place. */
  readonly problem?: string | null;
  readonly onText: (text: string) => void;
}

/** One line to be filled in, with its label above. */
export function TextField({ label, hint, problem, value, onText, ...rest }: TextFieldProps) {
  const id = useId();
  const hintId = useId();
  const below = problem ?? hint;
  return (
    <div>
      <label className={field['label']} htmlFor={id}>
        {label}
      </label>
      <div className={field['field']}>
        <input
          {...rest}
          id={id}
          value={value}
          aria-invalid={problem != null}
          aria-describedby={below === undefined ? undefined : hintId}
          onChange={(event) => {
            onText(event.target.value);
          }}
        />
      </div>
      {below !== undefined && (
        <p className={classes(field['hint'], problem != null && field['problem'])} id={hintId}>
          {below}
        </p>
      )}
    </div>
  );
}
