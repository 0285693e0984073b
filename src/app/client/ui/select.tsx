import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

/** A choice of one among a few, as the device shows it. */
export function Select(props: {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}): JSX.Element {
  const id = useId();
  return (
    <div class="select">
      <label class="visually-hidden" for={id}>
        {props.label}
      </label>
      <select id={id} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.options.map(([value, words]) => (
          <option key={value} value={value} selected={value === props.value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
