import { once } from 'node:events';
import { connect as dial, createServer, type Socket } from 'node:net';

/** deliver: the commit reaches the database, its answer does not reach us. drop: the commit itself is lost. */
export type Cut = 'deliver' | 'drop';

export interface CuttingProxy {
  /** The database's address through the proxy. */
  url: string;
  /** How the next commits end, one each; afterwards all is passed on. */
  cuts: Cut[];
  close(): Promise<void>;
}

// PostgreSQL protocol 3.0, simple query: 'Q', int32 length (itself included), text, NUL.
const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1');

/** Stands between us and PostgreSQL and cuts the line around a commit. */
export async function startCuttingProxy(url: string): Promise<CuttingProxy> {
  const target = new URL(url);
  const cuts: Cut[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = dial(Number(target.port), target.hostname);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        database.destroy();
      });
    }
    let cutting = false;
    client.on('data', (bytes) => {
      const cut = bytes.includes(COMMIT) ? cuts.shift() : undefined;
      cutting = cut !== undefined;
      if (cut === 'drop') client.destroy();
      else database.write(bytes);
    });
    // The answer proves that the commit happened; it is what gets lost.
    database.on('data', (bytes) => (cutting ? client.destroy() : client.write(bytes)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const through = new URL(url);
  if (address !== null && typeof address === 'object') through.host = `127.0.0.1:${address.port}`;
  return {
    url: through.href,
    cuts,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
