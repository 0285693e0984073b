import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import type { Random } from '../../../base/random.ts';
import { type AlipaySandbox, startAlipaySandbox } from './alipay.ts';
import { openKeys } from './keys.ts';
import { openMerchant, type TestMerchant } from './test-merchant.ts';

/** A gateway with a folder of its own, and its two merchants. */
export interface TestWorld {
  dataDir: string;
  sandbox: AlipaySandbox;
  /** In key mode. */
  shop: TestMerchant;
  /** In certificate mode. */
  certified: TestMerchant;
  /** Deletes the folder. */
  forget(): void;
}

export async function openWorld(deps: { clock: Clock; random: Random; log: Log }): Promise<TestWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hutong-alipay-'));
  const sandbox = await startAlipaySandbox({ port: 0, ...deps, dataDir });
  const [second] = sandbox.extraMerchants;
  if (second === undefined) throw new Error('there is one shop only');
  const serials = (await openKeys(deps, dataDir)).merchants.get(second.app_id)?.serials;
  return {
    dataDir,
    sandbox,
    shop: openMerchant(sandbox.merchantSettings),
    certified: openMerchant(second, {
      app_cert_sn: serials?.app ?? '',
      alipay_root_cert_sn: serials?.root ?? '',
    }),
    forget: () => rmSync(dataDir, { recursive: true }),
  };
}
