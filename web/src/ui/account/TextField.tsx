import { useId, type ComponentProps } from 'react';
import field from '../shared/Field.module.css';
import css from './Account.module.css';

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'id'> {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onText: (text: string) => void;
}

/** One line to be filled in, with its label above. */
export function TextField({ label, hint, value, onText, ...rest }: TextFieldProps) {
  const id = useId();
  const hintId = useId();
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
          aria-describedby={hint === undefined ? undefined : hintId}
          onChange={(event) => {
            onText(event.target.value);
          }}
        />
      </div>
      {hint !== undefined && (
        <p className={css['hint']} id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}
