import { WALLET_SETTING_FILE_BYTES_MAX } from '../base/limits.ts';
import { addShop, addShopKey, readShops, revokeShopKey, setShopState } from '../payer/shops.ts';
import { CliError, type CliDeps, type Command, type Terminal } from './command.ts';
import type { Input } from './input.ts';
import { printRows } from './print.ts';
import { readFileWithin } from './read-file.ts';
import { describeKey, readPublicKey } from './wallet-add/read-material.ts';
import { walletUrlOf } from './with-operator.ts';
import { type WalletOperator, withWalletOperator } from './with-wallet-operator.ts';

const FIRST_KEY_ID = 'k1';
const FEE_MILLI_MAX = 100;
const shopWord = { name: 'shop', what: 'its number at the wallet: hutong wallet-shop list' };
const publicKey = {
  value: 'file',
  what: "the shop's Ed25519 public key, PEM; - reads it from standard input",
  required: true,
};
const AT_ONCE = 'A running server goes by it at once.';

/** Shops that take Hutong Wallet: the wallet's side of the Open Wallet Protocol. */
export const walletShopCommands: readonly Command[] = [
  {
    name: 'wallet-shop add',
    summary: 'Take in a shop that may ask Hutong Wallet for money, with the key that it signs with',
    options: {
      name: { value: 'name', what: 'what buyers see in the wallet, up to 80 letters', required: true },
      mcc: { value: 'code', what: 'its trade, four digits of ISO 18245, such as 5812', required: true },
      'public-key': publicKey,
      origin: {
        value: 'list',
        what: 'where it is told and its buyers return to, such as https://shop.example; several with commas. May be left out in the sandbox alone',
      },
      'key-id': { value: 'id', what: `what the key is called in signatures; ${FIRST_KEY_ID} when left out` },
      fee: {
        value: 'count',
        what: `what the wallet keeps, in thousandths, 0 to ${FEE_MILLI_MAX}; nothing when left out`,
      },
    },
    json: true,
    notes: [
      'The private key stays with the shop: openssl genpkey -algorithm ed25519 -out shop.pem; openssl pkey -in shop.pem -pubout',
    ],
    examples: [
      'hutong wallet-shop add --name 胡同茶铺 --mcc 5812 --origin https://shop.example --public-key shop-public.pem',
    ],
    async run(deps, input) {
      const fee = input.count('fee', { min: 0, max: FEE_MILLI_MAX }) ?? 0;
      const key = await readKey(deps, input);
      await withWalletOperator(deps, async (operator) => {
        const shop = await addShop(
          { ...operator, isTest: operator.settings.mode === 'sandbox' },
          {
            name: input.required('name'),
            mcc: input.required('mcc'),
            feeMilli: BigInt(fee),
            origins:
              input
                .text('origin')
                ?.split(',')
                .map((each) => each.trim()) ?? [],
            keyId: input.text('key-id') ?? FIRST_KEY_ID,
            publicKey: key,
          },
        );
        print(deps.terminal, input.json, [shop]);
        if (!input.json)
          deps.terminal.note(
            `The shop signs as ${shop.merchantNo}:${shop.keys[0]?.keyId ?? FIRST_KEY_ID}; the wallet is at ${walletUrlOf(operator.settings)}`,
          );
      });
    },
  },
  {
    name: 'wallet-shop list',
    summary: 'List the shops that take Hutong Wallet, with the keys that they may sign with',
    json: true,
    examples: ['hutong wallet-shop list'],
    async run(deps, input) {
      await withWalletOperator(deps, async (operator) => print(deps.terminal, input.json, await readShops(operator)));
    },
  },
  {
    name: 'wallet-shop key add',
    summary: 'Give a shop a second key, so that it changes over without a stop',
    words: [shopWord],
    options: {
      'key-id': { value: 'id', what: 'what it is called in signatures; no name that was used before', required: true },
      'public-key': publicKey,
    },
    json: true,
    notes: [AT_ONCE, 'Revoke the old key when the shop signs with the new one.'],
    examples: ['hutong wallet-shop key add H… --key-id k2 --public-key shop-public-2.pem'],
    async run(deps, input) {
      const key = await readKey(deps, input);
      await withWalletOperator(deps, async (operator) => {
        const shop = input.word('shop');
        await addShopKey(operator, shop, { keyId: input.required('key-id'), publicKey: key });
        await printOne(deps.terminal, input.json, operator, shop);
      });
    },
  },
  {
    name: 'wallet-shop key revoke',
    summary: 'End a key of a shop: nothing that is signed with it is believed any more',
    words: [shopWord, { name: 'key-id', what: 'as hutong wallet-shop list shows it' }],
    json: true,
    notes: [AT_ONCE, 'A shop without a key can ask for nothing, but orders that it made go on.'],
    examples: ['hutong wallet-shop key revoke H… k1'],
    async run(deps, input) {
      await withWalletOperator(deps, async (operator) => {
        const shop = input.word('shop');
        await revokeShopKey(operator, shop, input.word('key-id'));
        await printOne(deps.terminal, input.json, operator, shop);
      });
    },
  },
  stateCommand('stop', 'stopped', 'Take no more orders of a shop; what is open is still paid, refunded and told'),
  stateCommand('start', 'active', 'Take its orders again'),
];

function stateCommand(verb: 'stop' | 'start', state: 'active' | 'stopped', summary: string): Command {
  return {
    name: `wallet-shop ${verb}`,
    summary,
    words: [shopWord],
    json: true,
    notes: [AT_ONCE],
    examples: [`hutong wallet-shop ${verb} H…`],
    async run(deps, input) {
      await withWalletOperator(deps, async (operator) => {
        const shop = input.word('shop');
        await setShopState(operator, shop, state);
        await printOne(deps.terminal, input.json, operator, shop);
      });
    },
  };
}

/** The 32 bytes of an Ed25519 key. @throws CliError for whatever else is in the file */
async function readKey({ terminal }: CliDeps, input: Input): Promise<Buffer> {
  const path = input.required('public-key');
  const text =
    path === '-'
      ? await terminal.readInput()
      : (await readFileWithin(path, WALLET_SETTING_FILE_BYTES_MAX)).toString('utf8');
  const name = path === '-' ? 'Standard input' : path;
  const material = readPublicKey(text);
  if ('problem' in material) throw new CliError(`${name} ${material.problem}.`);
  const { x } = material.value.asymmetricKeyType === 'ed25519' ? material.value.export({ format: 'jwk' }) : {};
  if (x === undefined) throw new CliError(`${name} holds ${describeKey(material.value)}, an Ed25519 key is needed.`);
  return Buffer.from(x, 'base64url');
}

type Shop = Awaited<ReturnType<typeof readShops>>[number];

async function printOne(
  terminal: Terminal,
  isJson: boolean,
  operator: WalletOperator,
  merchantNo: string,
): Promise<void> {
  const shops = await readShops(operator);
  print(
    terminal,
    isJson,
    shops.filter((shop) => shop.merchantNo === merchantNo),
  );
}

function print(terminal: Terminal, isJson: boolean, shops: readonly Shop[]): void {
  const rows = shops.map((shop) => ({
    merchant_no: shop.merchantNo,
    name: shop.name,
    mcc: shop.mcc,
    state: shop.state,
    fee_thousandths: Number(shop.feeMilli),
    origins: shop.origins,
    keys: shop.keys.map(({ keyId, publicKey: bytes }) => ({ key_id: keyId, public_key: bytes.toString('base64url') })),
  }));
  printRows(
    terminal,
    isJson,
    rows,
    [
      { title: 'SHOP', show: (row) => row.merchant_no },
      { title: 'NAME', show: (row) => row.name },
      { title: 'MCC', show: (row) => row.mcc },
      { title: 'STATE', show: (row) => row.state },
      { title: 'FEE', show: (row) => `${row.fee_thousandths}‰`, right: true },
      { title: 'KEYS', show: (row) => row.keys.map(({ key_id }) => key_id).join(',') || 'none' },
      { title: 'ORIGINS', show: (row) => row.origins.join(',') || 'any' },
    ],
    'No shop takes Hutong Wallet yet.',
  );
}
