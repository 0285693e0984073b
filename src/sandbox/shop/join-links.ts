import { createHash } from 'node:crypto';
import type { LinkAppSettings } from '../../../sdk/src/index.ts';
import type { ShopDeps } from './shop.ts';

/** Where Hutong looks for the proof that a host is its merchant's. */
export const PROOF_PATH = '/.well-known/hutong-verification.txt';

/**
 * Tells Hutong of this host and proves it, and names the apps that a shop of this size would have. What is there already stays as it is.
 * @throws HutongError
 */
export async function joinLinks(deps: ShopDeps): Promise<void> {
  await proveHost(deps);
  await nameApps(deps);
}

async function proveHost(deps: ShopDeps): Promise<void> {
  const { host } = new URL(deps.url);
  const known = await find(deps.hutong.linkHosts.list(), (one) => one.host === host);
  const ours = known ?? (await deps.hutong.linkHosts.add({ host, uses: ['target'] }));
  deps.hostProof = ours.proof.line;
  if (ours.proved_at === null) await deps.hutong.linkHosts.prove(ours.id);
}

async function nameApps({ hutong }: ShopDeps): Promise<void> {
  const known = new Set<string>();
  for await (const { settings } of hutong.linkApps.list()) known.add(settings.kind);
  for (const settings of EXAMPLE_APPS)
    if (!known.has(settings.kind)) await hutong.linkApps.add({ name: NAME, settings });
}

/** As people read it: 打开胡同小铺. */
const NAME = '胡同小铺';

/** Made-up ids of the right shape. No store has such apps, so none is named: who has not got them goes to the shop's pages. */
const EXAMPLE_APPS: readonly LinkAppSettings[] = [
  {
    kind: 'ios',
    app_id: 'HUTONG4DEM.example.hutong.shop',
    scheme: 'hutongshop://open/{path}',
    universal_host: null,
    store_url: null,
  },
  {
    kind: 'android',
    package: 'example.hutong.shop',
    certificates: [certificateOf('hutong demo shop')],
    scheme: 'hutongshop://open/{path}',
    app_link_host: null,
    store_url: null,
  },
  {
    kind: 'wechat_mini',
    app_id: 'wx5d0c40f2a17b3e96',
    original_id: 'gh_5d0c40f2a17b',
    page: 'pages/open/open?path={path}',
  },
  { kind: 'alipay_mini', app_id: '2021009876543210', page: 'pages/open/open?path={path}' },
];

/** The SHA-256 of these words, where a real shop would have that of a certificate. */
function certificateOf(words: string): string {
  const hex = createHash('sha256').update(words).digest('hex').toUpperCase();
  return hex.replace(/..(?=.)/g, '$&:');
}

async function find<T>(list: AsyncIterable<T>, fits: (item: T) => boolean): Promise<T | undefined> {
  for await (const item of list) if (fits(item)) return item;
  return undefined;
}
