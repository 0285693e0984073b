import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Names } from '../../api.ts';
import { call, type Reply } from '../call.ts';
import { nowMs } from '../clock.ts';
import { sayProblem } from '../problem.ts';
import { go, useStep } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { say } from '../toast.tsx';
import { BankMark, bankNameOf, useCardName } from '../ui/cards.tsx';
import { CodeField } from '../ui/code-field.tsx';
import { HolderFields, sentHolder } from '../ui/holder-fields.tsx';
import { A, Button, Notice, Page } from '../ui/parts.tsx';
import { useDeed } from '../use-load.ts';
import { loadCards, moneyMoved, signedIn, useWallet } from '../wallet-state.ts';

type Found = Reply<'POST /api/one-tap/:id/cards'> & { atMs: number };

/** One tap: the banks say themselves which cards a person has; nobody types a number. */
export function OneTapPage(): JSX.Element {
  const t = useTexts();
  const { me, lang } = useWallet();
  const nameOf = useCardName();
  const [step, toStep] = useStep<'person' | 'banks' | 'cards'>('person');
  const [person, setPerson] = useState({ name: '', idNumber: '' });
  const [request, setRequest] = useState<Reply<'POST /api/one-tap'> | null>(null);
  const [banks, setBanks] = useState<ReadonlySet<string>>(new Set());
  const [found, setFound] = useState<Found | null>(null);
  const [picks, setPicks] = useState<ReadonlySet<string>>(new Set());
  const [code, setCode] = useState('');
  const deed = useDeed();
  const isKnown = me?.name_masked !== null;
  const error = deed.error === null ? null : sayProblem(deed.error, lang);

  const findBanks = (): void =>
    void deed.run(async () => {
      const body = sentHolder(person, isKnown);
      const reply = await call('POST /api/one-tap', { body });
      setRequest(reply);
      setBanks(new Set(reply.banks.map(({ bank }) => bank)));
      toStep('banks');
    });
  const findCards = (requestId: string): void =>
    void deed.run(async () => {
      const body = { banks: [...banks] };
      const reply = await call('POST /api/one-tap/:id/cards', { params: { id: requestId }, body });
      setFound({ ...reply, atMs: nowMs() });
      setPicks(new Set(reply.cards.filter((card) => !card.is_bound).map((card) => card.pick)));
      setCode('');
      if (step !== 'cards') toStep('cards');
    });
  const bind = (from: Found): void =>
    void deed.run(async () => {
      const body = { picks: [...picks], code };
      const { data } = await call('POST /api/one-tap/:id', { params: { id: from.request_id }, body });
      moneyMoved();
      await Promise.all([loadCards(), call('GET /api/me', {}).then(signedIn)]);
      say(t.oneTap.done(data.length));
      go('/', { isReplacing: true });
    });

  if (step === 'cards' && found !== null)
    return (
      <Page title={t.oneTap.cardsTitle} back="/">
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            bind(found);
          }}
        >
          {found.cards.length === 0 && <Notice kind="info">{t.oneTap.none}</Notice>}
          <fieldset class="choices panel">
            <legend class="visually-hidden">{t.oneTap.cardsTitle}</legend>
            {found.cards.map((card) => (
              <Check
                key={card.pick}
                names={card.bank_name}
                title={nameOf(card)}
                hint={card.is_bound ? t.oneTap.isBound : ''}
                isOff={card.is_bound}
                isOn={picks.has(card.pick)}
                onChange={() => setPicks(toggle(picks, card.pick))}
              />
            ))}
          </fieldset>
          {found.cards.length > 0 && (
            <div class="form panel">
              <CodeField
                value={code}
                onInput={setCode}
                sentTo={found.phone_masked}
                sentAtMs={found.atMs}
                resendAfterSeconds={found.resend_after_seconds}
                onResend={() => request !== null && findCards(request.request_id)}
                error={error}
              />
              <Button type="submit" isBusy={deed.isBusy} isOff={code.length !== 6 || picks.size === 0}>
                {t.oneTap.bind(picks.size)}
              </Button>
            </div>
          )}
        </form>
      </Page>
    );
  if (step === 'banks' && request !== null)
    return (
      <Page title={t.oneTap.banksTitle} back="/">
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            findCards(request.request_id);
          }}
        >
          {request.banks.length === 0 ? (
            <Notice kind="info">{t.oneTap.none}</Notice>
          ) : (
            <p class="muted">{t.oneTap.banksHint}</p>
          )}
          <fieldset class="choices panel">
            <legend class="visually-hidden">{t.oneTap.banksTitle}</legend>
            {request.banks.map((bank) => (
              <Check
                key={bank.bank}
                names={bank.bank_name}
                title={bankNameOf(bank, lang)}
                hint=""
                isOff={false}
                isOn={banks.has(bank.bank)}
                onChange={() => setBanks(toggle(banks, bank.bank))}
              />
            ))}
          </fieldset>
          {error !== null && <Notice kind="error">{error}</Notice>}
          {request.banks.length === 0 ? (
            <A href="/cards/add" class="button button-soft">
              {t.cards.addByNumber}
            </A>
          ) : (
            <Button type="submit" isBusy={deed.isBusy} isOff={banks.size === 0}>
              {t.oneTap.find}
            </Button>
          )}
        </form>
      </Page>
    );
  return (
    <Page title={t.cards.oneTap} back="/">
      <form
        class="form panel"
        onSubmit={(event) => {
          event.preventDefault();
          findBanks();
        }}
      >
        <p class="muted">{t.oneTap.how}</p>
        <HolderFields value={person} onInput={(part) => setPerson({ ...person, ...part })} />
        {error !== null && <Notice kind="error">{error}</Notice>}
        <Button type="submit" icon="bolt" isBusy={deed.isBusy}>
          {t.oneTap.start}
        </Button>
        <p class="fine">{t.oneTap.consent}</p>
      </form>
    </Page>
  );
}

function Check(props: {
  names: Names;
  title: string;
  hint: string;
  isOn: boolean;
  isOff: boolean;
  onChange: () => void;
}): JSX.Element {
  return (
    <label class="choice">
      <input type="checkbox" checked={props.isOn} disabled={props.isOff} onChange={props.onChange} />
      <BankMark names={props.names} colour={null} />
      <span class="row-words">
        <span class="row-title">{props.title}</span>
        {props.hint !== '' && <span class="row-hint">{props.hint}</span>}
      </span>
      <span class="tick tick-square" aria-hidden="true" />
    </label>
  );
}

function toggle(set: ReadonlySet<string>, value: string): ReadonlySet<string> {
  return set.has(value) ? new Set([...set].filter((one) => one !== value)) : new Set([...set, value]);
}
