/* A process that starts PostgreSQL in the folder it is told, says the address and the process id, and then only lives. */
import { startPostgres } from '../src/db/embedded.ts';

const server = await startPostgres({ dir: process.argv[2] ?? '' });
process.stdout.write(`${JSON.stringify({ url: server.url, pid: server.pid() })}\n`);
setInterval(() => {}, 60_000);
