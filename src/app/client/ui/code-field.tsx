import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { nowMs } from '../clock.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useWallet } from '../wallet-state.ts';
import { Field } from './parts.tsx';

/** The six digits of a message, with the way to another one once the wait is over. `sentAtMs` is when it was sent. */
export function CodeField(props: {
  value: string;
  onInput: (code: string) => void;
  sentTo: string;
  sentAtMs: number;
  resendAfterSeconds: number;
  onResend: () => void;
  error: string | null;
}): JSX.Element {
  const t = useTexts();
  const { me } = useWallet();
  const left = useSecondsLeft(props.sentAtMs + props.resendAfterSeconds * 1000);
  const phone = me?.sandbox_phone_url ?? null;
  return (
    <>
      <Field
        label={t.code.label}
        name="code"
        value={props.value}
        onInput={(text) => props.onInput(text.replace(/\D/g, '').slice(0, 6))}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={6}
        hint={t.code.sentTo(props.sentTo)}
        error={props.error}
        after={
          <button type="button" class="text-button" disabled={left > 0} onClick={props.onResend}>
            {left > 0 ? t.code.resendIn(left) : t.code.resend}
          </button>
        }
      />
      {phone !== null && (
        <p class="fine">
          <a href={phone} target="_blank" rel="noreferrer">
            {t.code.pretendPhone}
          </a>
        </p>
      )}
    </>
  );
}

/** Whole seconds until then; 0 afterwards. */
export function useSecondsLeft(untilMs: number): number {
  const [left, setLeft] = useState(() => secondsUntil(untilMs));
  useEffect(() => {
    setLeft(secondsUntil(untilMs));
    const timer = setInterval(() => setLeft(secondsUntil(untilMs)), 500);
    return () => clearInterval(timer);
  }, [untilMs]);
  return left;
}

function secondsUntil(untilMs: number): number {
  return Math.max(0, Math.ceil((untilMs - nowMs()) / 1000));
}
