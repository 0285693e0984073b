import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Secret } from '../../src/base/secret.ts';
import { openHutong } from '../../src/hutong.ts';
import { LeapingClock } from './leaping-clock.ts';

/*
 * A whole Hutong as a process that can be killed. It loads, waits for `start`, says `ready` when it listens, and tells every
 * error that it logs. Kept apart from the command line, so that what is killed is the server and nothing around it.
 */
export interface StartMessage {
  kind: 'start';
  databaseUrl: string;
  port: number;
  masterSecret: string;
  leadMs: number;
}

export type ToServer = StartMessage | { kind: 'leap'; ms: number };
export type FromServer = { kind: 'ready' } | { kind: 'error'; text: string };

const SEND_TIMEOUT_MS = 2_000;

const clock = new LeapingClock(0);
const tell = (message: FromServer): void => void process.send?.(message);

async function start(message: StartMessage): Promise<void> {
  clock.leap(message.leadMs);
  const hutong = await openHutong({
    databaseUrl: message.databaseUrl,
    publicUrl: `http://127.0.0.1:${message.port}`,
    masterSecrets: [new Secret(message.masterSecret)],
    isSandbox: true,
    clock,
    random: systemRandom,
    // A wallet that says nothing must not cost the test ten seconds each time.
    wrapSend: (send) => (request) => send({ ...request, timeoutMs: Math.min(request.timeoutMs, SEND_TIMEOUT_MS) }),
    log: { ...silentLog, error: (facts, text) => tell({ kind: 'error', text: `${text}: ${describe(facts)}` }) },
  });
  await hutong.app.listen({ port: message.port, host: '127.0.0.1' });
  hutong.startWork();
  tell({ kind: 'ready' });
}

function describe(facts: object): string {
  const error: unknown = 'error' in facts ? facts.error : undefined;
  if (!(error instanceof Error)) return JSON.stringify(facts);
  return `${'code' in error ? String(error.code) : ''} ${error.stack}`;
}

process.on('message', (message: ToServer) => {
  if (message.kind === 'leap') clock.leap(message.ms);
  else
    start(message).catch((error: unknown) => {
      tell({ kind: 'error', text: `it did not start: ${describe({ error })}` });
      process.exit(1);
    });
});
process.on('disconnect', () => process.exit(0));
