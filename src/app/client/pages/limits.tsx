import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LimitLine } from '../../api.ts';
import { call } from '../call.ts';
import { showMoment } from '../dates.ts';
import { readTyped, showRoundYuan, showYuan } from '../money.ts';
import { sayProblem } from '../problem.ts';
import { prove } from '../prove.tsx';
import type { Place } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { say } from '../toast.tsx';
import { AmountEntry } from '../ui/amount-entry.tsx';
import { useCardName } from '../ui/cards.tsx';
import { Button, Loading, Notice, Page } from '../ui/parts.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useDeed, useLoad } from '../use-load.ts';
import { loadCards, useWallet } from '../wallet-state.ts';

/** Every limit with what is used, held and left; the person's own can be lower at once, or higher after a day. */
export function LimitsPage({ place }: { place: Place }): JSX.Element {
  const t = useTexts();
  const { cards, lang } = useWallet();
  const nameOf = useCardName();
  const [open, setOpen] = useState<LimitLine | null>(null);
  const { value, error, reload } = useLoad(() => call('GET /api/limits', {}), 'limits');
  useEffect(() => {
    loadCards().catch(() => undefined); // only the cards' names lack
  }, []);
  const wanted = place.query.get('card');
  const lines = (value?.data ?? []).filter(
    (line) => wanted === null || line.card_id === wanted || line.card_id === null,
  );
  const groups = new Map<string | null, LimitLine[]>();
  for (const line of lines) groups.set(line.card_id, [...(groups.get(line.card_id) ?? []), line]);
  const titleOf = (cardId: string | null): string => {
    if (cardId === null) return t.limits.mine;
    const card = cards?.find(({ card_id }) => card_id === cardId);
    return card === undefined ? t.limits.aCard : nameOf(card);
  };
  return (
    <Page title={t.limits.title} back="/security">
      <p class="muted">{t.limits.hint}</p>
      {value === null && error === null && <Loading lines={5} />}
      {error !== null && <Notice kind="error">{sayProblem(error, lang)}</Notice>}
      {[...groups].map(([cardId, ofCard]) => (
        <section key={cardId ?? 'mine'} aria-label={titleOf(cardId)}>
          <h2 class="day">{titleOf(cardId)}</h2>
          <div class="panel">
            {ofCard.map((line) => (
              <Line key={line.rule} line={line} onOpen={() => setOpen(line)} />
            ))}
          </div>
        </section>
      ))}
      {open !== null && (
        <OwnLimit
          line={open}
          onClose={() => setOpen(null)}
          onDone={() => {
            setOpen(null);
            reload();
          }}
        />
      )}
    </Page>
  );
}

function Line({ line, onOpen }: { line: LimitLine; onOpen: () => void }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const isMoney = line.unit === 'money';
  const show = (figure: string | bigint): string =>
    isMoney ? showRoundYuan(figure.toString()) : t.limits.times(figure.toString());
  const left = BigInt(line.max) - BigInt(line.used) - BigInt(line.held);
  const hasBar = line.window !== 'payment' && line.window !== 'balance';
  return (
    <div class="limit" data-testid={`limit-${line.rule}`}>
      <div class="limit-top">
        <span class="limit-label">{line.label[lang]}</span>
        <span class="limit-max">{show(line.max)}</span>
      </div>
      {hasBar && (
        <Bar used={BigInt(line.used)} held={BigInt(line.held)} max={BigInt(line.max)} label={line.label[lang]} />
      )}
      <div class="limit-foot">
        <span>
          {hasBar
            ? t.limits.left(show(left < 0n ? 0n : left)) +
              (line.held === '0' ? '' : ` · ${t.limits.held(show(line.held))}`)
            : t.limits.windows[line.window === 'balance' ? 'balance' : 'payment']}
          {line.renews_at !== null && ` · ${t.limits.renews(showMoment(line.renews_at, lang))}`}
        </span>
        {isMoney && line.window !== 'balance' ? (
          <button type="button" class="text-button" onClick={onOpen} aria-label={t.limits.changeOf(line.label[lang])}>
            {t.limits.change}
          </button>
        ) : (
          <span>{t.limits.setBy[line.set_by]}</span>
        )}
      </div>
    </div>
  );
}

/** Used, held for what is under way, and left, in one bar. */
function Bar(props: { used: bigint; held: bigint; max: bigint; label: string }): JSX.Element {
  const share = (part: bigint): number =>
    props.max === 0n ? 0 : Math.min(100, Number((part * 1000n) / props.max) / 10);
  return (
    <span
      class="bar"
      role="meter"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share(props.used + props.held)}
    >
      <span class="bar-used" style={{ width: `${share(props.used)}%` }} />
      <span class="bar-held" style={{ width: `${share(props.held)}%` }} />
    </span>
  );
}

function OwnLimit({
  line,
  onClose,
  onDone,
}: {
  line: LimitLine;
  onClose: () => void;
  onDone: () => void;
}): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const [text, setText] = useState('');
  const deed = useDeed();
  const fen = readTyped(text);
  const isHigher = fen !== null && fen > BigInt(line.max);
  const save = (to: bigint): void =>
    void deed.run(async () => {
      const proof = isHigher
        ? await prove({
            act: {
              kind: 'raise_limit',
              subject: line.card_id === null ? line.rule : `${line.rule}:${line.card_id}`,
              detail: to.toString(),
            },
            title: t.limits.raise,
            amount: null,
            says: `${line.label[lang]} → ${showYuan(to)}`,
          })
        : { token: null };
      if (proof === null) return;
      const body = { rule: line.rule, card_id: line.card_id, max: to.toString(), proof: proof.token };
      const { counts_from } = await call('PUT /api/limits', { body });
      say(isHigher ? t.limits.later(showMoment(counts_from, lang)) : t.limits.now);
      onDone();
    });
  return (
    <Sheet title={line.label[lang]} onClose={onClose}>
      <AmountEntry text={text} onText={setText} />
      <p class="muted">{isHigher ? t.limits.raiseHint : t.limits.lowerHint}</p>
      {deed.error !== null && <Notice kind="error">{sayProblem(deed.error, lang)}</Notice>}
      <Button isBusy={deed.isBusy} isOff={fen === null} onClick={() => fen !== null && save(fen)}>
        {t.save}
      </Button>
    </Sheet>
  );
}
