import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { LimitLine, Move, Quote } from '../../api.ts';
import { call } from '../call.ts';
import { showMoment } from '../dates.ts';
import { showRoundYuan, showYuan } from '../money.ts';
import { isUnknown, sayProblem } from '../problem.ts';
import { prove } from '../prove.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { useDeed } from '../use-load.ts';
import { moneyMoved, useWallet } from '../wallet-state.ts';
import { useCardName } from './cards.tsx';
import { Icon } from './icons.tsx';
import { Button, Facts, Notice } from './parts.tsx';
import { Sheet } from './sheet.tsx';

/**
 * What is about to happen, in full, before anything does: amount, fee, arrival, from which cards and why, what is left of the limits. Confirming asks
 * for the proof and sends it once; without an answer the same one is asked about again, never a second one.
 */
export function QuoteSheet(props: {
  quote: Quote;
  onLater: (() => void) | null;
  onClose: () => void;
  onSent: (moves: Move[]) => void;
  /** Where another door than that of transfers confirms it. */
  send?: (proof: string | null) => Promise<Move[]>;
}): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const nameOf = useCardName();
  const { quote } = props;
  const deed = useDeed();
  // Kept for asking again: the same proof under the same key is the same transfer.
  const [sentProof, setSentProof] = useState<{ token: string | null } | null>(null);

  const confirm = (): void =>
    void deed.run(async () => {
      const proof =
        sentProof ??
        (quote.level === 'device'
          ? { token: null }
          : await prove({
              act: { kind: quote.kind, subject: quote.quote_id, detail: null },
              title: quote.kind === 'repayment' ? t.quote.confirmRepayment : t.quote.confirmTransfer,
              amount: showYuan(quote.amount),
              says: t.quote.to(quote.to.name_masked, quote.to.last4 === '' ? '' : nameOf(quote.to)),
            }));
      if (proof === null) return;
      setSentProof(proof);
      try {
        const moves = await (props.send ?? send)(proof.token);
        moneyMoved();
        props.onSent(moves);
      } catch (error) {
        if (!isUnknown(error)) setSentProof(null); // a definite no: the next try proves anew
        throw error;
      }
    });
  const send = async (proof: string | null): Promise<Move[]> => {
    const body = { quote_id: quote.quote_id, proof };
    return (await call('POST /api/transfers', { body }, { intent: `transfer:${quote.quote_id}` })).data;
  };
  // Of a person who collects only the name is told.
  const payee = [quote.to.name_masked, ...(quote.to.last4 === '' ? [] : [nameOf(quote.to)])];
  const isWaiting = sentProof !== null && isUnknown(deed.error);
  return (
    <Sheet title={t.quote.title} onClose={props.onClose}>
      <div class="quote" data-testid="quote">
        <p class="quote-amount">{showYuan(quote.amount)}</p>
        <Facts
          rows={[
            [t.quote.payee, payee.join(' · ')],
            [t.quote.fee, <span class="good">{quote.fee.minor === '0' ? t.quote.free : showYuan(quote.fee)}</span>],
            [t.quote.arrives, quote.arrival === 'instant' ? t.arrival.instantHint : showMoment(quote.arrives_at, lang)],
            quote.parts.length === 1 && quote.parts[0] !== undefined
              ? [t.quote.from, nameOf(quote.parts[0].from)]
              : null,
          ]}
        />
        {quote.parts.length > 1 && (
          <section class="split">
            <h3>{t.quote.split(quote.parts.length)}</h3>
            <ul>
              {quote.parts.map((part) => (
                <li key={part.from_card_id}>
                  <span>{nameOf(part.from)}</span>
                  <strong>{showYuan(part.amount)}</strong>
                </li>
              ))}
            </ul>
          </section>
        )}
        {quote.explanation[lang] !== '' && <p class="quote-why">{quote.explanation[lang]}</p>}
        <LimitsLeft quote={quote} />
        {quote.advice === 'choose_later_arrival' && props.onLater !== null && (
          <Notice
            kind="warning"
            action={
              <button type="button" class="text-button" onClick={props.onLater}>
                {t.quote.chooseLater}
              </button>
            }
          >
            {t.quote.adviseLater}
          </Notice>
        )}
        {deed.error !== null && (
          <Notice kind={isWaiting ? 'warning' : 'error'}>
            {isWaiting ? t.quote.unknown : sayProblem(deed.error, lang)}
          </Notice>
        )}
        <Button isBusy={deed.isBusy} onClick={confirm} testId="confirm">
          {isWaiting ? t.checkAgain : `${t.confirm} ${showYuan(quote.amount)}`}
        </Button>
        <p class="fine quote-safe">
          <Icon name="shield" size={16} /> {t.quote.safe}
        </p>
      </div>
    </Sheet>
  );
}

/** The tightest limit of the day for each card, after this transfer would have counted. */
function LimitsLeft({ quote }: { quote: Quote }): JSX.Element | null {
  const t = useTexts();
  const nameOf = useCardName();
  const lines = quote.parts.flatMap((part) => {
    const tightest = part.left
      .filter((line) => line.unit === 'money' && line.window === 'day')
      .sort((a, b) => Number(leftOf(a) - leftOf(b)))[0];
    return tightest === undefined ? [] : [{ part, left: leftOf(tightest) }];
  });
  if (lines.length === 0) return null;
  return (
    <ul class="quote-limits">
      {lines.map(({ part, left }) => (
        <li key={part.from_card_id}>
          <span>{t.quote.limitLeft(nameOf(part.from))}</span>
          <span>{showRoundYuan(left.toString())}</span>
        </li>
      ))}
    </ul>
  );
}

function leftOf(line: LimitLine): bigint {
  const left = BigInt(line.max) - BigInt(line.used) - BigInt(line.held);
  return left < 0n ? 0n : left;
}
