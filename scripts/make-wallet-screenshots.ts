/*
 * Takes the wallet app's pictures in docs/images from the real app: a whole server over a throw-away PostgreSQL, the pretend banks and the pretend
 * phone. Run it after a page has changed: npx tsx scripts/make-wallet-screenshots.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { rootDir } from '../src/base/root.ts';
import { Secret } from '../src/base/secret.ts';
import { toBankSettings } from '../src/cli/wallet-sandbox.ts';
import { startPostgres } from '../src/db/embedded.ts';
import { openHutong } from '../src/hutong.ts';
import { startBankSandbox } from '../src/sandbox/bank/bank.ts';
import { type PhoneSandbox, startPhoneSandbox } from '../src/sandbox/phone/phone.ts';
import { bindCard, setPin, signIn, typeAmount } from '../test/browser/wallet-steps.ts';
import { freePort, launchChromium, openPhone, takePicture } from './phone-pictures.ts';

const OWN_PHONE = '13800005678';
const MESSAGE_WAIT_MS = 10_000;
const DAY_MS = 86_400_000;
const dir = join(rootDir, 'docs/images');

const folder = await mkdtemp(join(tmpdir(), 'hutong-pictures-'));
const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
try {
  await takePictures();
} finally {
  for (const stop of stops.reverse()) await stop();
}

async function takePictures(): Promise<void> {
  const around = { clock: systemClock, random: systemRandom, log: silentLog };
  const bank = await startBankSandbox({ ...around, port: 0, controlPort: 0, dataDir: null, withPeople: false });
  stops.push(() => bank.stop());
  const phone = await startPhoneSandbox({ ...around, port: 0 });
  stops.push(() => phone.stop());
  const { url, trustDevices } = await startWallet(around, bank, phone);
  const day = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  const bill = { amountFen: 328_650n, minimumFen: 32_865n, billedDay: day(-13), dueDay: day(5) };
  const { person, cards } = bank.addPerson({
    name: '李小云',
    phone: OWN_PHONE,
    cards: [
      { bank: 'CCB', kind: 'debit', balanceFen: 1_234_567n },
      { bank: 'ABC', kind: 'debit', balanceFen: 8_800_000n },
      { bank: 'CMB', kind: 'debit', balanceFen: 56_020n },
      { bank: 'SPDB', kind: 'credit', owedFen: 328_650n, bill },
    ],
  });
  const payee = bank.addPerson({ name: '王建国', phone: '13900001111', cards: [{ bank: 'ICBC', kind: 'debit' }] });

  const browser = await launchChromium();
  stops.push(() => browser.close());
  const page = await openPhone(browser);
  const readCode = codeReader(phone);
  await page.goto(url);
  await signIn(page, OWN_PHONE, readCode);
  await trustDevices();
  await setPin(page, '480726');
  const holder = { name: person.name, idNumber: person.idNumber, phone: OWN_PHONE };
  for (const [at, card] of cards.entries()) await bindCard(page, card.number, holder, at === 0, readCode);
  await page.getByText('3 张卡都已答复').waitFor();
  await page.locator('.toast').waitFor({ state: 'detached' });
  await takePicture(page, join(dir, 'wallet-home.jpg'));
  await takeTransfer(page, url, payee.person.name, payee.cards[0]?.number ?? '');
  await page.goto(`${url}/repay`);
  await page.getByText('还有 5 天').waitFor();
  await takePicture(page, join(dir, 'wallet-repay.jpg'));
  await page.goto(`${url}/code`);
  await page.locator('.qr path').waitFor({ state: 'attached' });
  await takePicture(page, join(dir, 'wallet-code.jpg'));
}

async function takeTransfer(page: Page, url: string, name: string, number: string): Promise<void> {
  await page.goto(`${url}/transfer`);
  await page.getByLabel('收款人姓名').fill(name);
  await page.getByLabel('收款卡号').fill(number);
  await page.getByTestId('bank').getByText('工商银行').waitFor();
  await page.getByRole('button', { name: '下一步' }).click();
  await typeAmount(page, '4500');
  await page.getByTestId('quote-button').click();
  await page.getByTestId('quote').waitFor();
  await takePicture(page, join(dir, 'wallet-transfer.jpg'));
}

async function startWallet(
  around: { clock: typeof systemClock; random: typeof systemRandom; log: typeof silentLog },
  bank: Awaited<ReturnType<typeof startBankSandbox>>,
  phone: PhoneSandbox,
): Promise<{ url: string; trustDevices: () => Promise<void> }> {
  const postgres = await startPostgres({ dir: join(folder, 'postgres') });
  stops.push(() => postgres.stop());
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const hutong = await openHutong({
    ...around,
    databaseUrl: postgres.url,
    publicUrl: 'http://127.0.0.1:1',
    masterSecrets: [new Secret(systemRandom.bytes(32).toString('base64'))],
    isSandbox: true,
    wallet: {
      url,
      bank: toBankSettings(bank),
      sms: { url: phone.smsUrl, secret: new Secret(phone.secret) },
      sandboxPhoneUrl: phone.url,
      testBuyers: null,
    },
  });
  stops.push(() => hutong.stop());
  await hutong.wallet?.app.listen({ port, host: '127.0.0.1' });
  hutong.startWork();
  return {
    url,
    // A device is new for a day, with lower limits: this one is two days old.
    trustDevices: async () => {
      await hutong.sql`update user_devices set created_at = created_at - interval '2 days'`;
    },
  };
}

/** The next message that came to a phone. */
function codeReader(phone: PhoneSandbox): (number: string) => Promise<string> {
  const counts = new Map<string, number>();
  return async (number) => {
    const count = counts.get(number) ?? 0;
    const endsAt = Date.now() + MESSAGE_WAIT_MS;
    while (phone.messagesTo(number).length <= count) {
      if (Date.now() > endsAt) throw new Error('no message came');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    counts.set(number, count + 1);
    return /\d{6}/.exec(phone.messagesTo(number)[count]?.text ?? '')?.[0] ?? '';
  };
}
