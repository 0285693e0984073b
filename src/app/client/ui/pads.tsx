import type { JSX, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { typeAmount } from '../money.ts';
import { useTexts } from '../texts/use-texts.ts';
import { Icon } from './icons.tsx';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
const PIN_LENGTH = 6;

/**
 * Six digits on keys of our own. The digits are kept in a variable, never in the page: what is shown, and read out, is how many there are. A
 * keyboard's digits work as well. `round` changes to begin anew.
 */
export function PinPad(props: {
  label: string;
  round: number;
  isOff: boolean;
  onDone: (pin: string) => void;
}): JSX.Element {
  const t = useTexts();
  const typed = useRef('');
  const [count, setCount] = useState(0);
  const { onDone, isOff } = props;
  // Before painting: afterwards it would take away the first digits of somebody who types at once.
  useLayoutEffect(() => {
    typed.current = '';
    setCount(0);
  }, [props.round]);
  const press = (key: string): void => {
    if (isOff) return;
    if (key === 'back') typed.current = typed.current.slice(0, -1);
    else if (typed.current.length < PIN_LENGTH) typed.current += key;
    setCount(typed.current.length);
    if (key !== 'back' && typed.current.length === PIN_LENGTH) {
      const pin = typed.current;
      typed.current = '';
      onDone(pin);
    }
  };
  const place = useRef<HTMLDivElement>(null);
  useKeys(place, press);
  return (
    <div ref={place} class="pin" role="group" aria-label={props.label}>
      <p class="pin-dots">
        <span class="visually-hidden" aria-live="polite">
          {t.pin.typed(count)}
        </span>
        {Array.from({ length: PIN_LENGTH }, (_, i) => (
          <span key={i} class={i < count ? 'pin-dot pin-dot-full' : 'pin-dot'} aria-hidden="true" />
        ))}
      </p>
      <Pad left={null} isOff={isOff} onPress={press} />
    </div>
  );
}

/** An amount typed on keys of our own, as the payment apps have it; a keyboard works as well. */
export function AmountPad(props: { text: string; onText: (text: string) => void }): JSX.Element {
  const press = (key: string): void => {
    const next = typeAmount(props.text, key);
    if (next !== null) props.onText(next);
  };
  const place = useRef<HTMLDivElement>(null);
  useKeys(place, press);
  return (
    <div ref={place}>
      <Pad left="." isOff={false} onPress={press} />
    </div>
  );
}

function Pad(props: { left: '.' | null; isOff: boolean; onPress: (key: string) => void }): JSX.Element {
  const t = useTexts();
  const key = (digit: string): JSX.Element => (
    <button key={digit} type="button" class="pad-key" disabled={props.isOff} onClick={() => props.onPress(digit)}>
      {digit}
    </button>
  );
  return (
    <div class="pad">
      {DIGITS.map(key)}
      {props.left === null ? <span /> : key(props.left)}
      {key('0')}
      <button
        type="button"
        class="pad-key pad-key-soft"
        disabled={props.isOff}
        aria-label={t.backspace}
        onClick={() => props.onPress('back')}
      >
        <Icon name="backspace" size={26} />
      </button>
    </div>
  );
}

/** Digits, point and backspace of a real keyboard, unless they go into a field or a sheet lies over the pad. */
function useKeys(place: RefObject<HTMLElement | null>, press: (key: string) => void): void {
  const latest = useRef(press);
  latest.current = press;
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
      const sheet = [...document.querySelectorAll('dialog[open]')].at(-1); // the last one lies on top
      if (sheet !== undefined && !sheet.contains(place.current)) return;
      const key = event.key === 'Backspace' ? 'back' : event.key === ',' ? '.' : event.key;
      if (key !== 'back' && !/^[\d.]$/.test(key)) return;
      event.preventDefault();
      latest.current(key);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [place]);
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
  );
}
