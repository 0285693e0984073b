import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Collection } from '../../api.ts';
import { call } from '../call.ts';
import { nowMs } from '../clock.ts';
import { showMoment } from '../dates.ts';
import { showYuan } from '../money.ts';
import { sayProblem } from '../problem.ts';
import type { Place } from '../router.ts';
import { useTexts } from '../texts/use-texts.ts';
import { say } from '../toast.tsx';
import { QrCode } from '../ui/codes.tsx';
import { A, Button, Loading, Notice, Page, Row } from '../ui/parts.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useDeed, useLoad } from '../use-load.ts';
import { useWallet } from '../wallet-state.ts';

/** Everything that one has collected or is collecting, newest first. */
export function CollectionsPage(): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const list = useLoad(() => call('GET /api/collections', {}), 'collections');
  return (
    <Page title={t.collect.title} back="/">
      {list.error !== null && <Notice kind="error">{sayProblem(list.error, lang)}</Notice>}
      {list.value === null && list.error === null && <Loading />}
      {list.value?.data.length === 0 && (
        <div class="panel empty">
          <h3>{t.collect.none}</h3>
          <p class="muted">{t.collect.noneHint}</p>
        </div>
      )}
      {list.value !== null && list.value.data.length > 0 && (
        <div class="panel collect-rows" data-testid="collections">
          {list.value.data.map((one) => (
            <Row
              key={one.collection_id}
              icon="people"
              title={one.title}
              hint={`${t.collect.paidOf(one.paid_count, one.people)} · ${t.collect.states[stateOf(one)]}`}
              value={showYuan(one.paid)}
              href={`/collections/${one.collection_id}`}
            />
          ))}
        </div>
      )}
      <div class="sticky">
        <A href="/collect/new" class="button button-primary">
          {t.collect.start}
        </A>
      </div>
    </Page>
  );
}

/** One's own collection: its link, how far it is, who has paid, and stopping it. */
export function CollectionPage({ place }: { place: Place }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const id = place.params['id'] ?? '';
  const { value, error, reload } = useLoad(() => call('GET /api/collections/:id', { params: { id } }), id);
  return (
    <Page title={t.collect.title} back="/collect">
      {value === null && error === null && <Loading />}
      {error !== null && <Notice kind="error">{sayProblem(error, lang)}</Notice>}
      {value !== null && <CollectionPanel collection={value} onChange={reload} />}
    </Page>
  );
}

function CollectionPanel({ collection, onChange }: { collection: Collection; onChange: () => void }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const state = stateOf(collection);
  const copy = (): void =>
    void navigator.clipboard.writeText(collection.url).then(
      () => say(t.receive.copied),
      () => say(t.receive.notCopied),
    );
  return (
    <>
      <section class="order panel" data-testid="collection" data-state={state}>
        <p class="order-shop">{collection.title}</p>
        <p class="order-amount">
          <span class="yuan">¥</span>
          {showYuan(collection.paid).slice(1)}
        </p>
        <p class="order-subject">
          {t.collect.ofTotal(showYuan(collection.total))} · {t.collect.paidOf(collection.paid_count, collection.people)}
        </p>
        <progress
          class="collect-progress"
          max={collection.people}
          value={collection.paid_count}
          aria-label={t.collect.paidOf(collection.paid_count, collection.people)}
        />
        <p class="fine">
          {t.collect.states[state]}
          {collection.until !== null && ` · ${t.collect.until}: ${showMoment(collection.until, lang)}`}
        </p>
      </section>
      {state === 'active' && (
        <section class="code-card receive-card" aria-label={t.collect.share}>
          <p class="code-hint">{t.collect.share}</p>
          <QrCode text={collection.url} label={t.receive.qr} />
          <p class="code-hint collect-url" data-testid="collect-url">
            {collection.url}
          </p>
          <p class="code-hint">{t.collect.shareHint}</p>
          <Button kind="soft" onClick={copy}>
            {t.collect.copy}
          </Button>
        </section>
      )}
      <section class="panel collect-rows" aria-labelledby="payers">
        <h2 id="payers" class="collect-title">
          {t.collect.payers}
        </h2>
        {collection.payers.length === 0 && <p class="muted collect-none">{t.collect.nobody}</p>}
        {collection.payers.map((payer, at) => (
          <Row
            key={at}
            title={payer.name_masked}
            hint={t.collect.payerStates[payer.state]}
            value={showYuan(payer.amount)}
          />
        ))}
      </section>
      {state === 'active' && <Stop id={collection.collection_id} onStopped={onChange} />}
    </>
  );
}

function Stop({ id, onStopped }: { id: string; onStopped: () => void }): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const [isOpen, setOpen] = useState(false);
  const deed = useDeed();
  const stop = (): void =>
    void deed.run(async () => {
      await call('POST /api/collections/:id/stop', { params: { id }, body: {} });
      setOpen(false);
      say(t.collect.stopped);
      onStopped();
    });
  return (
    <>
      <Button kind="plain" onClick={() => setOpen(true)}>
        {t.collect.stop}
      </Button>
      {isOpen && (
        <Sheet title={t.collect.stop} onClose={() => setOpen(false)}>
          <p class="muted">{t.collect.stopHint}</p>
          {deed.error !== null && <Notice kind="error">{sayProblem(deed.error, lang)}</Notice>}
          <Button kind="danger" isBusy={deed.isBusy} onClick={stop} testId="stop">
            {t.collect.stop}
          </Button>
        </Sheet>
      )}
    </>
  );
}

function stateOf(one: Collection): 'active' | 'stopped' | 'taken_down' | 'done' | 'over' {
  if (one.paid_count === one.people) return 'done';
  if (one.state !== 'active') return one.state;
  return one.until !== null && Date.parse(one.until) <= nowMs() ? 'over' : 'active';
}
