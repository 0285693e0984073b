import { once } from 'node:events';
import { createServer } from 'node:net';
import { CliError } from './command.ts';
import { codeOf } from './explain-error.ts';

export interface WantedPort {
  /** Which setting moves it. */
  setting: string;
  port: number;
  host: string;
}

/** Looks before anything is started, so that a taken port is told at once. @throws CliError naming the setting. */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<void> {
  const seen = new Map<number, string>();
  for (const { setting, port, host } of wanted) {
    const twin = seen.get(port);
    if (twin !== undefined) throw new CliError(`${twin} and ${setting} are both ${port}: give each a port of its own.`);
    seen.set(port, setting);
    const code = await tryListen(port, host);
    if (code === null) continue;
    throw new CliError(explain(code, { setting, port, host }));
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new CliError('There is no free port on 127.0.0.1.');
  return address.port;
}

function explain(code: string, { setting, port, host }: WantedPort): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is in use. Stop what listens there, or choose another one: ${setting}=${port + 1} npm start`;
  if (code === 'EACCES') return `This user may not listen on port ${port}. Choose one above 1023 with ${setting}.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `HUTONG_HOST: ${host} is not an address of this machine.`;
  return `Port ${port} on ${host} cannot be listened on (${code}).`;
}

async function tryListen(port: number, host: string): Promise<string | null> {
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
    return null;
  } catch (error) {
    return codeOf(error) ?? 'unknown';
  } finally {
    server.close();
  }
}
