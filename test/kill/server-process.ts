import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Secret } from '../../src/base/secret.ts';
import { openHutong } from '../../src/hutong.ts';
import { becomeKillable } from './killable.ts';

/* A whole Hutong, without its wallet, as a process that can be killed. */

export interface ServerHow {
  databaseUrl: string;
  port: number;
  masterSecret: string;
}

const SEND_TIMEOUT_MS = 2_000;

becomeKillable(async ({ clock, tellError, countCalls }, how) => {
  const { databaseUrl, port, masterSecret } = how as ServerHow; // from world.ts
  const hutong = await openHutong({
    databaseUrl,
    publicUrl: `http://127.0.0.1:${port}`,
    masterSecrets: [new Secret(masterSecret)],
    isSandbox: true,
    clock,
    random: systemRandom,
    // A wallet that says nothing must not cost the test ten seconds each time.
    wrapSend: (send) =>
      countCalls((request) => send({ ...request, timeoutMs: Math.min(request.timeoutMs, SEND_TIMEOUT_MS) })),
    log: { ...silentLog, error: tellError },
  });
  await hutong.app.listen({ port, host: '127.0.0.1' });
  hutong.startWork();
});
