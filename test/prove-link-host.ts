import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestReply } from './server.ts';

export interface ProvedHost {
  /** `lho_…`. */
  id: string;
  /** `127.0.0.1:…`, which answers with the proof and nothing else. */
  host: string;
  /** The replies to naming and to proving it. */
  replies: { added: TestReply; proved: TestReply };
  close(): void;
}

type Call = (method: string, path: string, body?: unknown) => Promise<TestReply>;

/** A host of this machine whose proof is there: links of whoever calls may lead to it. */
export async function proveLinkHost(call: Call): Promise<ProvedHost> {
  let line = '';
  const web = createServer((request, response) => {
    const isProof = request.url === '/.well-known/hutong-verification.txt';
    response.writeHead(isProof ? 200 : 404, { 'content-type': 'text/plain' }).end(isProof ? line : 'not here');
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const { port } = web.address() as AddressInfo; // it listens to a port
  const host = `127.0.0.1:${port}`;
  const added = await call('POST', '/v1/link-hosts', { host, uses: ['target'] });
  line = added.json.proof.line;
  const proved = await call('POST', `/v1/link-hosts/${added.json.id}/prove`);
  return { id: added.json.id, host, replies: { added, proved }, close: () => void web.close() };
}
