import type { JSX } from 'preact';
import type { Quote } from '../../api.ts';
import { useTexts } from '../texts/use-texts.ts';

export type Arrival = Quote['arrival'];
const ARRIVALS = ['instant', 'ordinary', 'next_day'] as const satisfies readonly Arrival[];

/** When the money arrives: at once, in about two hours, or tomorrow; the later ones can be taken back until then. */
export function ArrivalChoice(props: { value: Arrival; onChange: (arrival: Arrival) => void }): JSX.Element {
  const t = useTexts();
  const words = {
    instant: [t.arrival.instant, t.arrival.instantHint],
    ordinary: [t.arrival.ordinary, t.arrival.ordinaryHint],
    next_day: [t.arrival.nextDay, t.arrival.nextDayHint],
  } as const;
  return (
    <fieldset class="segments">
      <legend>{t.arrival.label}</legend>
      <div class="segments-row">
        {ARRIVALS.map((arrival) => (
          <label key={arrival} class="segment">
            <input
              type="radio"
              name="arrival"
              checked={props.value === arrival}
              onChange={() => props.onChange(arrival)}
            />
            <span>{words[arrival][0]}</span>
          </label>
        ))}
      </div>
      <p class="fine">{words[props.value][1]}</p>
    </fieldset>
  );
}
