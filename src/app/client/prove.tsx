import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ActInput, ProofOffer } from '../api.ts';
import { call } from './call.ts';
import { nowMs } from './clock.ts';
import { canUsePasskeys, stopPasskey, usePasskeyOf } from './passkey.ts';
import { Problem, sayProblem } from './problem.ts';
import { go } from './router.ts';
import { useTexts } from './texts/use-texts.ts';
import { CodeField } from './ui/code-field.tsx';
import { PinPad } from './ui/pads.tsx';
import { Button, Loading, Notice } from './ui/parts.tsx';
import { Sheet } from './ui/sheet.tsx';
import { useWallet } from './wallet-state.ts';

/** What is to be proved, and what the person sees that they are agreeing to. */
export interface ProofWish {
  act: ActInput;
  title: string;
  /** `¥1,200.00` and to whom; null where no money moves. */
  amount: string | null;
  says: string;
}

/** What the deed takes; its token is null where being signed in here is enough. */
export interface Proof {
  token: string | null;
}

interface Asked extends ProofWish {
  answer: (proof: Proof | null) => void;
}

let ask: ((asked: Asked) => void) | null = null;

/** Opens the sheet that asks for passkey, PIN or PIN and code. Resolves with null when the person thought better of it. */
export function prove(wish: ProofWish): Promise<Proof | null> {
  return new Promise((answer) => {
    if (ask === null) answer(null);
    else ask({ ...wish, answer });
  });
}

/** Stands once in the app; shows the sheet whenever `prove` is called. */
export function ProveHost(): JSX.Element | null {
  const [asked, setAsked] = useState<Asked | null>(null);
  useLayoutEffect(() => {
    ask = setAsked;
    return () => {
      ask = null;
    };
  }, []);
  if (asked === null) return null;
  const close = (proof: Proof | null): void => {
    setAsked(null);
    asked.answer(proof);
  };
  return <ProveSheet wish={asked} onEnd={close} />;
}

type Way = ProofOffer['ways'][number];

function ProveSheet({ wish, onEnd }: { wish: ProofWish; onEnd: (proof: Proof | null) => void }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const [offer, setOffer] = useState<ProofOffer | null>(null);
  const [way, setWay] = useState<Way | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [round, setRound] = useState(0);

  const send = async (proofId: string, body: { pin: string | null; code: string | null; passkey: object | null }) => {
    setBusy(true);
    setError(null);
    try {
      const { token } = await call('POST /api/proofs/:id', { params: { id: proofId }, body });
      onEnd({ token });
    } catch (problem) {
      setError(problem);
      setRound((before) => before + 1);
      setBusy(false);
    }
  };
  const byPasskey = async (from: ProofOffer): Promise<void> => {
    if (from.passkey_options === null) return;
    setBusy(true);
    setError(null);
    const passkey = await usePasskeyOf(from.passkey_options).catch(() => null);
    if (passkey === null) setBusy(false);
    else await send(from.proof_id, { pin: null, code: null, passkey });
  };
  const turnTo = (other: Way): void => {
    if (way === 'passkey' && isBusy) stopPasskey().catch(() => undefined); // it ends by itself later
    setError(null);
    setWay(other);
  };
  useEffect(() => {
    const begin = async (): Promise<void> => {
      const made = await call('POST /api/proofs', { body: wish.act });
      if (made.level === 'device') return onEnd({ token: null });
      const ways = made.ways.filter((one) => one !== 'passkey' || canUsePasskeys());
      const first = ways[0] ?? null;
      setOffer({ ...made, ways });
      setWay(first);
      // One tap: the device asks at once, the sheet stays for whoever would rather type.
      if (first === 'passkey') await byPasskey(made);
    };
    begin().catch(setError);
  }, []);

  return (
    <Sheet title={wish.title} onClose={() => onEnd(null)}>
      <div class="prove">
        {wish.amount !== null && <p class="prove-amount">{wish.amount}</p>}
        <p class="prove-says">{wish.says}</p>
        {error !== null && <Notice kind="error">{sayProblem(error, lang)}</Notice>}
        {error !== null && needsNewPin(error) && (
          <Button kind="soft" onClick={() => leave('/security/pin', onEnd)}>
            {t.pin.reset}
          </Button>
        )}
        {offer === null && error === null && <Loading lines={2} />}
        {offer !== null && offer.ways.length === 0 && (
          <>
            <Notice kind="info">{t.prove.nothingSet}</Notice>
            <Button onClick={() => leave('/security/pin', onEnd)}>{t.pin.set}</Button>
          </>
        )}
        {offer !== null && way === 'passkey' && (
          <Button icon="key" isBusy={isBusy} onClick={() => void byPasskey(offer)} testId="prove-passkey">
            {t.prove.byPasskey}
          </Button>
        )}
        {offer !== null && way === 'pin' && (
          <PinPad
            label={t.pin.enter}
            round={round}
            isOff={isBusy}
            onDone={(pin) => void send(offer.proof_id, { pin, code: null, passkey: null })}
          />
        )}
        {offer !== null && way === 'pin_and_code' && (
          <PinAndCode
            offer={offer}
            round={round}
            isBusy={isBusy}
            onDone={(pin, code) => void send(offer.proof_id, { pin, code, passkey: null })}
          />
        )}
        {offer?.ways
          .filter((other) => other !== way)
          .map((other) => (
            <button
              key={other}
              type="button"
              class="text-button"
              disabled={isBusy && way !== 'passkey'}
              onClick={() => turnTo(other)}
            >
              {t.prove.otherWay[other]}
            </button>
          ))}
      </div>
    </Sheet>
  );
}

function PinAndCode(props: {
  offer: ProofOffer;
  round: number;
  isBusy: boolean;
  onDone: (pin: string, code: string) => void;
}): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const pin = useRef<string | null>(null);
  const [step, setStep] = useState<'pin' | 'code'>('pin');
  const [code, setCode] = useState('');
  const [sent, setSent] = useState({ atMs: nowMs(), resendAfterSeconds: 60 });
  const [error, setError] = useState<unknown>(null);
  useLayoutEffect(() => {
    if (props.round === 0) return;
    pin.current = null;
    setCode('');
    setStep('pin');
  }, [props.round]);
  const sendCode = async (): Promise<void> => {
    setError(null);
    try {
      const reply = await call('POST /api/proofs/:id/code', { params: { id: props.offer.proof_id }, body: {} });
      setSent({ atMs: nowMs(), resendAfterSeconds: reply.resend_after_seconds });
    } catch (problem) {
      setError(problem);
    }
  };
  if (step === 'pin')
    return (
      <PinPad
        label={t.pin.enter}
        round={props.round}
        isOff={props.isBusy}
        onDone={(typed) => {
          pin.current = typed;
          setStep('code');
          void sendCode();
        }}
      />
    );
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (pin.current !== null) props.onDone(pin.current, code);
      }}
    >
      <CodeField
        value={code}
        onInput={setCode}
        sentTo={props.offer.phone_masked ?? ''}
        sentAtMs={sent.atMs}
        resendAfterSeconds={sent.resendAfterSeconds}
        onResend={() => void sendCode()}
        error={error === null ? null : sayProblem(error, lang)}
      />
      <Button type="submit" isBusy={props.isBusy} isOff={code.length !== 6}>
        {t.confirm}
      </Button>
    </form>
  );
}

function needsNewPin(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'pin_reset_required' || error.code === 'pin_not_set');
}

function leave(href: string, onEnd: (proof: null) => void): void {
  onEnd(null);
  go(href);
}
