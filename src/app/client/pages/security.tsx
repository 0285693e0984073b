import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Lang } from '../../api.ts';
import { call } from '../call.ts';
import { showMoment } from '../dates.ts';
import { canUsePasskeys, deviceName, makePasskey } from '../passkey.ts';
import { sayProblem } from '../problem.ts';
import { prove } from '../prove.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { say } from '../toast.tsx';
import { Icon } from '../ui/icons.tsx';
import { initialOf } from '../ui/initial.ts';
import { Button, Notice, Page, Row } from '../ui/parts.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useDeed, useLoad } from '../use-load.ts';
import { setHidden, signedIn, signedOut, useWallet } from '../wallet-state.ts';

/** Who one is here, how one proves it, where one is signed in. */
export function SecurityPage(): JSX.Element {
  const t = useTexts();
  const { me, lang, isHidden } = useWallet();
  const deed = useDeed();
  const [isLeaving, setLeaving] = useState(false);
  const changeLang = (to: Lang): void =>
    void deed.run(async () => signedIn(await call('PATCH /api/me', { body: { lang: to } })));
  const leave = (route: 'POST /api/sign-out' | 'POST /api/sign-out-everywhere'): void =>
    void deed.run(async () => {
      await call(route, { body: {} });
      signedOut();
    });
  return (
    <Page title={t.security.title}>
      <div class="person panel">
        <span class="avatar" aria-hidden="true">
          {initialOf(me?.name_masked ?? '') ?? <Icon name="person" />}
        </span>
        <p>
          <strong>{me?.name_masked ?? t.security.noName}</strong>
          <span class="muted">{me?.phone_masked}</span>
        </p>
      </div>
      {me?.device_is_new === true && <Notice kind="info">{t.security.newDevice}</Notice>}
      {deed.error !== null && <Notice kind="error">{sayProblem(deed.error, lang)}</Notice>}
      <div class="panel">
        <Row
          icon="lock"
          title={t.security.pin}
          value={me?.has_pin === true ? t.security.isSet : t.security.notSet}
          href="/security/pin"
        />
        <Row icon="limits" title={t.limits.title} hint={t.home.limitsHint} href="/limits" />
        <Row icon="receive" title={t.actions.receive} href="/receive" />
      </div>
      <Passkeys />
      <Devices />
      <h2 class="day">{t.security.view}</h2>
      <div class="panel">
        <fieldset class="segments pad-text">
          <legend>{t.security.language}</legend>
          <div class="segments-row">
            {(['zh-CN', 'en'] as const).map((name) => (
              <label key={name} class="segment" lang={name}>
                <input type="radio" name="lang" checked={lang === name} onChange={() => changeLang(name)} />
                <span>{name === 'en' ? 'English' : '中文'}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <label class="switch">
          <span>{t.home.hide}</span>
          <input type="checkbox" role="switch" checked={isHidden} onChange={() => setHidden(!isHidden)} />
        </label>
      </div>
      {me?.sandbox_phone_url != null && (
        <p class="fine">
          <a href={me.sandbox_phone_url} target="_blank" rel="noreferrer">
            {t.code.pretendPhone}
          </a>
        </p>
      )}
      <Button kind="soft" icon="out" isOff={deed.isBusy} onClick={() => leave('POST /api/sign-out')}>
        {t.security.signOut}
      </Button>
      <Button kind="danger" isOff={deed.isBusy} onClick={() => setLeaving(true)}>
        {t.security.signOutEverywhere}
      </Button>
      {isLeaving && (
        <Sheet title={t.security.signOutEverywhere} onClose={() => setLeaving(false)}>
          <p class="muted">{t.security.everywhereHint}</p>
          <Button kind="danger" isBusy={deed.isBusy} onClick={() => leave('POST /api/sign-out-everywhere')}>
            {t.security.signOutEverywhere}
          </Button>
        </Sheet>
      )}
    </Page>
  );
}

function Passkeys(): JSX.Element {
  const t = useTexts();
  const { lang, me } = useWallet();
  // Nothing can be proved before there is anything to prove it with.
  const isFirst = me?.has_pin === false && me.passkeys_count === 0;
  const { value, error, reload } = useLoad(() => call('GET /api/passkeys', {}), 'passkeys');
  const deed = useDeed();
  const add = (): void =>
    void deed.run(async () => {
      const proof = isFirst
        ? { token: null }
        : await prove({
            act: { kind: 'add_passkey', subject: 'new', detail: null },
            title: t.security.addPasskey,
            amount: null,
            says: deviceName(),
          });
      if (proof === null) return;
      const { challenge_id, options } = await call('POST /api/passkeys/options', { body: {} });
      const response = await makePasskey(options);
      if (response === null) return;
      await call('POST /api/passkeys', { body: { challenge_id, response, name: deviceName(), proof: proof.token } });
      say(t.security.passkeyAdded);
      signedIn(await call('GET /api/me', {}));
      reload();
    });
  const remove = (id: string, name: string): void =>
    void deed.run(async () => {
      const proof = await prove({
        act: { kind: 'remove_passkey', subject: id, detail: null },
        title: t.security.removePasskey,
        amount: null,
        says: name,
      });
      if (proof === null) return;
      await call('DELETE /api/passkeys/:id', { params: { id }, body: { proof: proof.token ?? null } });
      signedIn(await call('GET /api/me', {}));
      reload();
    });
  const problem = deed.error ?? error;
  return (
    <section aria-labelledby="passkeys">
      <h2 class="day" id="passkeys">
        {t.security.passkeys}
      </h2>
      <div class="panel">
        <p class="muted pad-text">{t.security.passkeysHint}</p>
        {value?.data.map((key) => (
          <div key={key.passkey_id} class="row">
            <span class="row-icon">
              <Icon name="key" size={22} />
            </span>
            <span class="row-words">
              <span class="row-title">{key.name}</span>
              <span class="row-hint">{t.security.addedAt(showMoment(key.created_at, lang))}</span>
            </span>
            <button
              type="button"
              class="text-button bad"
              aria-label={t.security.removeOf(key.name)}
              onClick={() => remove(key.passkey_id, key.name)}
            >
              {t.security.remove}
            </button>
          </div>
        ))}
        {problem !== null && <Notice kind="error">{sayProblem(problem, lang)}</Notice>}
        {canUsePasskeys() && (
          <div class="pad-text">
            <Button kind="soft" icon="plus" isBusy={deed.isBusy} onClick={add} testId="add-passkey">
              {t.security.addPasskey}
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}

function Devices(): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const { value, error, reload } = useLoad(() => call('GET /api/devices', {}), 'devices');
  const deed = useDeed();
  const remove = (id: string): void =>
    void deed.run(async () => {
      await call('DELETE /api/devices/:id', { params: { id } });
      reload();
    });
  const problem = deed.error ?? error;
  return (
    <section aria-labelledby="devices">
      <h2 class="day" id="devices">
        {t.security.devices}
      </h2>
      <div class="panel">
        {problem !== null && <Notice kind="error">{sayProblem(problem, lang)}</Notice>}
        {value?.data.map((device) => (
          <div key={device.device_id} class="row">
            <span class="row-icon">
              <Icon name="device" size={22} />
            </span>
            <span class="row-words">
              <span class="row-title">{device.name}</span>
              <span class="row-hint">{t.security.usedAt(showMoment(device.last_used_at, lang))}</span>
            </span>
            {device.is_this ? (
              <span class="row-value">{t.security.thisDevice}</span>
            ) : (
              <button
                type="button"
                class="text-button bad"
                aria-label={t.security.signOutOf(device.name)}
                onClick={() => remove(device.device_id)}
              >
                {t.security.signOut}
              </button>
            )}
          </div>
        ))}
      </div>
    </section>
  );
}
