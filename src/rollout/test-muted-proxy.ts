import { once } from 'node:events';
import { connect as dial, createServer, type Socket } from 'node:net';

/** Between a node and its database: while it is muted, nothing passes and nobody is told, as when a cable is cut. */
export interface MutedProxy {
  url: string;
  mute(): void;
  speak(): void;
  close(): Promise<void>;
}

export async function startMutedProxy(url: string): Promise<MutedProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let isMute = false;
  const server = createServer((client) => {
    const database = dial(Number(target.port), target.hostname);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        database.destroy();
      });
    }
    client.on('data', (bytes) => isMute || database.write(bytes));
    database.on('data', (bytes) => isMute || client.write(bytes));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const through = new URL(url);
  if (address !== null && typeof address === 'object') through.host = `127.0.0.1:${address.port}`;
  return {
    url: through.href,
    mute() {
      isMute = true;
    },
    speak() {
      isMute = false;
      for (const socket of sockets) socket.destroy(); // what was swallowed is missing for ever
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
