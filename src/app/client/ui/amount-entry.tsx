import type { JSX } from 'preact';
import { useTexts } from '../texts/use-texts.ts';
import { AmountPad } from './pads.tsx';

/** The big figure that is being typed, and the keys below it. `isFixed`: somebody else has said how much. */
export function AmountEntry(props: {
  text: string;
  onText: (text: string) => void;
  isFixed?: boolean;
  below?: JSX.Element | null;
}): JSX.Element {
  const t = useTexts();
  return (
    <section class="amount-entry panel" aria-label={t.amount}>
      <p class="amount-label" id="amount-label">
        {t.amount}
      </p>
      <p class="amount-figure" aria-live="polite" data-testid="amount">
        <span class="yuan">¥</span>
        <span>{props.text === '' ? <span class="amount-none">0.00</span> : props.text}</span>
        {props.isFixed !== true && <span class="caret" aria-hidden="true" />}
      </p>
      {props.below}
      {props.isFixed !== true && <AmountPad text={props.text} onText={props.onText} />}
    </section>
  );
}
