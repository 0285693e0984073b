import { generateKeyPair, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { median } from './harness.ts';

const IN_FLIGHT = 16;

export interface RsaCost {
  /** Processor time of one RSA-2048 signature on the thread pool, microseconds. */
  signUs: number;
  /** The same for checking one. */
  verifyUs: number;
}

/** What the signatures of UnionPay's protocol cost on this machine: the median of five runs of `count` each. */
export async function measureRsaCost(count: number): Promise<RsaCost> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const text = Buffer.alloc(64, 'a');
  const signOnce = promisify<Buffer>((done) => sign('RSA-SHA256', text, privateKey, done));
  const signature = await signOnce();
  const verifyOnce = () => Promise.resolve(verify('RSA-SHA256', text, publicKey, signature));
  return { signUs: await medianCpuUs(count, signOnce), verifyUs: await medianCpuUs(count, verifyOnce) };
}

async function medianCpuUs(count: number, run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  await cpuUs(Math.ceil(count / 4), run); // warms up
  for (let round = 0; round < 5; round++) times.push(await cpuUs(count, run));
  return median(times);
}

async function cpuUs(count: number, run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  let begun = 0;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (begun < count) {
        begun += 1;
        await run();
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
