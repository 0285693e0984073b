import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { call } from '../call.ts';
import { nowMs } from '../clock.ts';
import { canUsePasskeys, deviceName, usePasskeyOf } from '../passkey.ts';
import { sayProblem } from '../problem.ts';
import { useTexts } from '../texts/use-texts.ts';
import { CodeField } from '../ui/code-field.tsx';
import { Button, Field, Notice } from '../ui/parts.tsx';
import { useDeed } from '../use-load.ts';
import { setLang, signedIn, useWallet } from '../wallet-state.ts';

interface Sent {
  codeId: string;
  phone: string;
  atMs: number;
  resendAfterSeconds: number;
}

/** Phone and code, or a passkey. Who is new is signed up by the same two steps. */
export function SignInPage(): JSX.Element {
  const t = useTexts();
  const { lang } = useWallet();
  const [phone, setPhone] = useState('');
  const [sent, setSent] = useState<Sent | null>(null);
  const [code, setCode] = useState('');
  const deed = useDeed();
  const digits = phone.replace(/^\s*(\+|00)86/, '').replace(/\D/g, '');

  const sendCode = (): void =>
    void deed.run(async () => {
      const reply = await call('POST /api/sign-in/code', { body: { phone: digits, lang } });
      setSent({
        codeId: reply.code_id,
        phone: digits,
        atMs: nowMs(),
        resendAfterSeconds: reply.resend_after_seconds,
      });
      setCode('');
    });
  const signIn = (from: Sent): void =>
    void deed.run(async () => {
      const body = { code_id: from.codeId, phone: from.phone, code, device_name: deviceName(), lang };
      signedIn(await call('POST /api/sign-in', { body }));
    });
  const signInByPasskey = (): void =>
    void deed.run(async () => {
      const { challenge_id, options } = await call('POST /api/sign-in/passkey/options', { body: {} });
      const response = await usePasskeyOf(options);
      if (response === null) return;
      const body = { challenge_id, response, device_name: deviceName(), lang };
      signedIn(await call('POST /api/sign-in/passkey', { body }));
    });
  const error = deed.error === null ? null : sayProblem(deed.error, lang);
  const other = lang === 'en' ? 'zh-CN' : 'en';
  return (
    <div class="welcome">
      <div class="welcome-brand">
        <span class="welcome-mark" aria-hidden="true">
          <svg viewBox="0 0 32 32">
            <path d="M9 8v16M23 8v16M9 13h14M9 19h14" />
          </svg>
        </span>
        <h1>{t.brand}</h1>
        <p class="muted">{t.signIn.promise}</p>
      </div>
      {sent === null ? (
        <form
          class="form panel"
          onSubmit={(event) => {
            event.preventDefault();
            sendCode();
          }}
        >
          <Field
            label={t.signIn.phone}
            name="phone"
            type="tel"
            value={phone}
            onInput={setPhone}
            inputMode="tel"
            autoComplete="tel-national"
            maxLength={20}
            placeholder="138 0000 0000"
            error={error}
            hint={t.signIn.phoneHint}
          />
          <Button type="submit" isBusy={deed.isBusy} isOff={!/^1[3-9]\d{9}$/.test(digits)}>
            {t.signIn.sendCode}
          </Button>
          {canUsePasskeys() && (
            <Button kind="soft" icon="key" isOff={deed.isBusy} onClick={signInByPasskey} testId="passkey-sign-in">
              {t.signIn.byPasskey}
            </Button>
          )}
        </form>
      ) : (
        <form
          class="form panel"
          onSubmit={(event) => {
            event.preventDefault();
            signIn(sent);
          }}
        >
          <CodeField
            value={code}
            onInput={setCode}
            sentTo={maskPhone(sent.phone)}
            sentAtMs={sent.atMs}
            resendAfterSeconds={sent.resendAfterSeconds}
            onResend={sendCode}
            error={error}
          />
          <Button type="submit" isBusy={deed.isBusy} isOff={code.length !== 6}>
            {t.signIn.title}
          </Button>
          <Button
            kind="plain"
            onClick={() => {
              setSent(null);
              deed.clear();
            }}
          >
            {t.signIn.otherPhone}
          </Button>
        </form>
      )}
      <Notice kind="info">{t.signIn.never}</Notice>
      <p class="welcome-foot">
        <button type="button" class="text-button" lang={other} onClick={() => setLang(other)}>
          {t.otherLanguage}
        </button>
      </p>
    </div>
  );
}

function maskPhone(phone: string): string {
  return `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}
