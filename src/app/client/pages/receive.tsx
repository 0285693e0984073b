import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { call } from '../call.ts';
import { readTyped, showYuan, toAmount } from '../money.ts';
import { sayProblem } from '../problem.ts';
import { useTexts } from '../texts/use-texts.ts';
import { say } from '../toast.tsx';
import { isDebit } from '../total.ts';
import { useCardName } from '../ui/cards.tsx';
import { QrCode } from '../ui/codes.tsx';
import { Button, Field, Notice, Page } from '../ui/parts.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { AmountEntry } from '../ui/amount-entry.tsx';
import { useLoad } from '../use-load.ts';
import { ensureCards, useWallet } from '../wallet-state.ts';

/** A code that others scan to send money to the default card, with an amount or without. */
export function ReceivePage(): JSX.Element {
  const t = useTexts();
  const { lang, cards, me } = useWallet();
  const nameOf = useCardName();
  const [wish, setWish] = useState<{ fen: bigint | null; note: string }>({ fen: null, note: '' });
  const [isOpen, setOpen] = useState(false);
  const made = useLoad(
    () =>
      call('POST /api/receive-codes', {
        body: { amount: wish.fen === null ? null : toAmount(wish.fen), note: wish.note },
      }),
    `${wish.fen} ${wish.note}`,
  );
  useEffect(() => {
    ensureCards().catch(() => undefined); // only the card's name is wanted
  }, []);
  const card = cards?.find((one) => one.is_default) ?? cards?.find(isDebit);
  const copy = (text: string): void =>
    void navigator.clipboard.writeText(text).then(
      () => say(t.receive.copied),
      () => say(t.receive.notCopied),
    );
  return (
    <Page title={t.receive.title} back="/">
      {made.error !== null && <Notice kind="error">{sayProblem(made.error, lang)}</Notice>}
      <section class="code-card receive-card" aria-label={t.receive.title}>
        <p class="code-hint">{t.receive.show}</p>
        {wish.fen !== null && <p class="order-amount">{showYuan(wish.fen)}</p>}
        {wish.note !== '' && <p class="code-hint">{wish.note}</p>}
        {made.value === null ? <div class="code-wait" /> : <QrCode text={made.value.text} label={t.receive.qr} />}
        <p class="code-hint">
          {me?.name_masked ?? ''} {card !== undefined && `· ${nameOf(card)}`}
        </p>
      </section>
      <div class="two-buttons">
        <Button kind="soft" onClick={() => setOpen(true)}>
          {t.receive.setAmount}
        </Button>
        <Button kind="soft" isOff={made.value === null} onClick={() => made.value !== null && copy(made.value.text)}>
          {t.receive.copy}
        </Button>
      </div>
      {isOpen && (
        <AmountSheet
          onClose={() => setOpen(false)}
          onDone={(fen, note) => {
            setWish({ fen, note });
            setOpen(false);
          }}
        />
      )}
    </Page>
  );
}

function AmountSheet(props: { onClose: () => void; onDone: (fen: bigint | null, note: string) => void }): JSX.Element {
  const t = useTexts();
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  return (
    <Sheet title={t.receive.setAmount} onClose={props.onClose}>
      <Field label={t.transfer.note} name="note" value={note} onInput={setNote} maxLength={20} />
      <AmountEntry text={text} onText={setText} />
      <Button onClick={() => props.onDone(readTyped(text), note.trim())}>{t.confirm}</Button>
    </Sheet>
  );
}
