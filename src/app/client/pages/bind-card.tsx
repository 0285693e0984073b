import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { call, type Reply } from '../call.ts';
import { nowMs } from '../clock.ts';
import { sayProblem } from '../problem.ts';
import { go, useStep } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { say } from '../toast.tsx';
import { BankMark, useCardName } from '../ui/cards.tsx';
import { CodeField } from '../ui/code-field.tsx';
import { Icon } from '../ui/icons.tsx';
import { A, Button, Field, Notice, Page } from '../ui/parts.tsx';
import { CardNumberField, useBank } from '../ui/card-number-field.tsx';
import { HolderFields, sentHolder } from '../ui/holder-fields.tsx';
import { useDeed } from '../use-load.ts';
import { loadCards, moneyMoved, signedIn, useWallet } from '../wallet-state.ts';

type Started = Reply<'POST /api/bindings'> & { atMs: number };

/** A card by its number: the bank is recognised while typing, its issuer checks the holder, a code ends it. */
export function BindCardPage(): JSX.Element {
  const t = useTexts();
  const { me, lang } = useWallet();
  const nameOf = useCardName();
  const [step, toStep] = useStep<'number' | 'holder' | 'code'>('number');
  const [number, setNumber] = useState('');
  const [holder, setHolder] = useState({ name: '', idNumber: '', phone: '' });
  const [started, setStarted] = useState<Started | null>(null);
  const [code, setCode] = useState('');
  const deed = useDeed();
  const facts = useBank(number);
  const isKnown = me?.name_masked !== null;
  const error = deed.error === null ? null : sayProblem(deed.error, lang);

  const start = (): void =>
    void deed.run(async () => {
      const body = {
        number,
        phone: holder.phone.replace(/\D/g, ''),
        ...sentHolder(holder, isKnown),
      };
      setStarted({ ...(await call('POST /api/bindings', { body })), atMs: nowMs() });
      setCode('');
      if (step !== 'code') toStep('code');
    });
  const finish = (from: Started): void =>
    void deed.run(async () => {
      const card = await call('POST /api/bindings/:id', { params: { id: from.binding_id }, body: { code } });
      setNumber('');
      moneyMoved();
      await Promise.all([loadCards(), call('GET /api/me', {}).then(signedIn)]);
      say(t.bind.done(nameOf(card)));
      go('/', { isReplacing: true });
    });

  if (step === 'code' && started !== null)
    return (
      <Page title={t.bind.codeTitle} back="/">
        <form
          class="form panel"
          onSubmit={(event) => {
            event.preventDefault();
            finish(started);
          }}
        >
          <p class="bind-bank">
            <BankMark names={started.bank_name} colour={null} />
            <span>{nameOf(started)}</span>
          </p>
          <CodeField
            value={code}
            onInput={setCode}
            sentTo={started.phone_masked}
            sentAtMs={started.atMs}
            resendAfterSeconds={started.resend_after_seconds}
            onResend={start}
            error={error}
          />
          <Button type="submit" isBusy={deed.isBusy} isOff={code.length !== 6}>
            {t.bind.finish}
          </Button>
        </form>
      </Page>
    );
  if (step === 'holder')
    return (
      <Page title={t.bind.holderTitle} back="/">
        <form
          class="form panel"
          autoComplete="on"
          onSubmit={(event) => {
            event.preventDefault();
            start();
          }}
        >
          <HolderFields value={holder} onInput={(part) => setHolder({ ...holder, ...part })} />
          <Field
            label={t.bind.phone}
            name="phone"
            type="tel"
            value={holder.phone}
            onInput={(phone) => setHolder({ ...holder, phone })}
            inputMode="tel"
            autoComplete="tel-national"
            maxLength={20}
            hint={t.bind.phoneHint}
            required
          />
          {error !== null && <Notice kind="error">{error}</Notice>}
          <Button type="submit" isBusy={deed.isBusy} isOff={holder.phone.replace(/\D/g, '').length < 11}>
            {t.bind.sendCode}
          </Button>
          <p class="fine">{t.bind.holderHint}</p>
        </form>
      </Page>
    );
  const isBank = facts !== null && facts.bank !== null;
  return (
    <Page title={t.bind.title} back="/">
      <A href="/cards/one-tap" class="panel one-tap-door">
        <span class="row-icon">
          <Icon name="bolt" />
        </span>
        <span class="row-words">
          <span class="row-title">{t.cards.oneTap}</span>
          <span class="row-hint">{t.oneTap.promise}</span>
        </span>
        <Icon name="next" size={18} />
      </A>
      <form
        class="form panel"
        onSubmit={(event) => {
          event.preventDefault();
          toStep('holder');
        }}
      >
        <CardNumberField
          label={t.bind.number}
          value={number}
          onInput={setNumber}
          facts={facts}
          hint={t.bind.numberHint}
        />
        <Button type="submit" isOff={!isBank || !facts.takes_part}>
          {t.next}
        </Button>
      </form>
      <BanksTakingPart />
    </Page>
  );
}

function BanksTakingPart(): JSX.Element | null {
  const t = useTexts();
  const { lang } = useWallet();
  const [banks, setBanks] = useState<Reply<'GET /api/banks'>['data']>([]);
  useEffect(() => {
    call('GET /api/banks', {}).then(
      ({ data }) => setBanks(data),
      () => undefined, // the list only helps
    );
  }, []);
  if (banks.length === 0) return null;
  return (
    <section class="banks" aria-labelledby="banks">
      <h2 id="banks">{t.bind.banks}</h2>
      <ul>
        {banks.map((bank) => (
          <li key={bank.bank}>
            <BankMark names={bank.bank_name} colour={bank.colours[0]} />
            <span>{bank.bank_name[lang]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
