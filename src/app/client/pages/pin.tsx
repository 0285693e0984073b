import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { call, type Reply } from '../call.ts';
import { nowMs } from '../clock.ts';
import { sayProblem } from '../problem.ts';
import { goBack } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { say } from '../toast.tsx';
import { CardNumberField, useBank } from '../ui/card-number-field.tsx';
import { CodeField } from '../ui/code-field.tsx';
import { PinPad } from '../ui/pads.tsx';
import { Button, Field, Notice, Page } from '../ui/parts.tsx';
import { useDeed } from '../use-load.ts';
import { signedIn, useWallet } from '../wallet-state.ts';

type Step = 'old' | 'new' | 'again';

/** The six-digit payment PIN: set, changed, or set anew by the four elements of a bound card when it is forgotten. */
export function PinPage(): JSX.Element {
  const t = useTexts();
  const { me, lang } = useWallet();
  const [step, setStep] = useState<Step>(me?.has_pin === true ? 'old' : 'new');
  const [isForgotten, setForgotten] = useState(false);
  const [round, setRound] = useState(0);
  const [hint, setHint] = useState<string | null>(null);
  const pins = useRef<{ old: string | null; new: string }>({ old: null, new: '' });
  const deed = useDeed();
  const to = (next: Step): void => {
    setStep(next);
    setRound(round + 1);
  };
  const take = (pin: string): void => {
    setHint(null);
    if (step === 'old') {
      pins.current.old = pin;
      return to('new');
    }
    if (step === 'new') {
      pins.current.new = pin;
      return to('again');
    }
    if (pin !== pins.current.new) {
      setHint(t.pin.differs);
      return to('new');
    }
    void send();
  };
  const send = async (): Promise<void> => {
    const isDone = await deed.run(async () => {
      const body = { pin: pins.current.new, old_pin: pins.current.old };
      signedIn(await call('POST /api/pin', { body }));
      say(t.pin.done);
      goBack('/security');
    });
    pins.current = { old: null, new: '' };
    if (!isDone) to(me?.has_pin === true ? 'old' : 'new');
  };
  if (isForgotten)
    return (
      <Page title={t.pin.reset} back="/security" onBack={() => setForgotten(false)}>
        <ResetPin />
      </Page>
    );
  return (
    <Page title={me?.has_pin === true ? t.pin.change : t.pin.set} back="/security">
      <div class="panel pin-panel">
        <div role="status">
          <h2>{t.pin.steps[step]}</h2>
        </div>
        <p class="muted">{step === 'new' ? t.pin.rules : ' '}</p>
        {hint !== null && <Notice kind="warning">{hint}</Notice>}
        {deed.error !== null && <Notice kind="error">{sayProblem(deed.error, lang)}</Notice>}
        <PinPad label={t.pin.steps[step]} round={round} isOff={deed.isBusy} onDone={take} />
        {me?.has_pin === true && (
          <button type="button" class="text-button" onClick={() => setForgotten(true)}>
            {t.pin.forgotten}
          </button>
        )}
      </div>
    </Page>
  );
}

type Started = Reply<'POST /api/pin/reset'> & { atMs: number };

/** The bank says who one is, a message says that the phone is here; then a new PIN. */
function ResetPin(): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const [number, setNumber] = useState('');
  const [holder, setHolder] = useState({ name: '', idNumber: '', phone: '' });
  const [started, setStarted] = useState<Started | null>(null);
  const [code, setCode] = useState('');
  const [isTyping, setTyping] = useState(false);
  const [round, setRound] = useState(0);
  const deed = useDeed();
  const facts = useBank(number);
  const start = (): void =>
    void deed.run(async () => {
      const body = {
        card_number: number,
        name: holder.name.trim(),
        id_number: holder.idNumber.trim().toUpperCase(),
        phone: holder.phone.replace(/\D/g, ''),
      };
      setStarted({ ...(await call('POST /api/pin/reset', { body })), atMs: nowMs() });
    });
  const finish = (from: Started, pin: string): void =>
    void deed.run(async () => {
      try {
        signedIn(await call('POST /api/pin/reset/:id', { params: { id: from.reset_id }, body: { code, pin } }));
        say(t.pin.done);
        goBack('/security');
      } finally {
        setRound(round + 1);
        setTyping(false);
      }
    });
  const error = deed.error === null ? null : sayProblem(deed.error, lang);
  if (started !== null && isTyping)
    return (
      <div class="panel pin-panel">
        <h2>{t.pin.steps.new}</h2>
        <PinPad label={t.pin.steps.new} round={round} isOff={deed.isBusy} onDone={(pin) => finish(started, pin)} />
      </div>
    );
  if (started !== null)
    return (
      <form
        class="form panel"
        onSubmit={(event) => {
          event.preventDefault();
          setTyping(true);
        }}
      >
        <CodeField
          value={code}
          onInput={setCode}
          sentTo={`${holder.phone.slice(0, 3)}****${holder.phone.slice(-4)}`}
          sentAtMs={started.atMs}
          resendAfterSeconds={started.resend_after_seconds}
          onResend={start}
          error={error}
        />
        <Button type="submit" isBusy={deed.isBusy} isOff={code.length !== 6}>
          {t.next}
        </Button>
      </form>
    );
  return (
    <form
      class="form panel"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <p class="muted">{t.pin.resetHint}</p>
      <CardNumberField label={t.bind.number} value={number} onInput={setNumber} facts={facts} hint={t.pin.boundCard} />
      <Field
        label={t.bind.name}
        name="name"
        value={holder.name}
        onInput={(name) => setHolder({ ...holder, name })}
        required
      />
      <Field
        label={t.bind.idNumber}
        name="id-number"
        value={holder.idNumber}
        onInput={(idNumber) => setHolder({ ...holder, idNumber })}
        maxLength={18}
        autoComplete="off"
        required
      />
      <Field
        label={t.bind.phone}
        name="phone"
        type="tel"
        value={holder.phone}
        onInput={(phone) => setHolder({ ...holder, phone })}
        inputMode="tel"
        maxLength={20}
        required
      />
      {error !== null && <Notice kind="error">{error}</Notice>}
      <Button type="submit" isBusy={deed.isBusy} isOff={number.length < 15}>
        {t.bind.sendCode}
      </Button>
    </form>
  );
}
