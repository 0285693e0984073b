import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from '../../src/app/api.ts';
import { matchAppPath } from '../../src/app/app-paths.ts';
import { baseHeaders, fileHeaders } from '../../src/app/security-headers.ts';
import { rootDir } from '../../src/base/root.ts';
import { answerAsset, readFontAssets } from '../../src/base/static-assets.ts';
import { at, makeWorld, type StandInWorld } from './wallet-stand-in-world.ts';

/**
 * What the wallet app sees of its server when only the app is under test: every route of `Api` over a small world in memory, and the app's own files
 * with the headers of the real server. Codes are `123456`, the PIN is whatever was set, a passkey is taken at its word.
 */
export interface WalletStandIn {
  url: string;
  world: StandInWorld;
  /** Method, path and body of every call, in order. */
  calls: { route: string; path: string; body: Record<string, unknown>; headers: IncomingMessage['headers'] }[];
  /** While a route is in here, it is answered with this problem; `cut`: the connection is dropped. */
  broken: Map<string, { status: number; code: string } | 'cut'>;
  stop(): Promise<void>;
}

const BANK_LOOK_MS = 5;

type Route = keyof Api;
export type StandInRow<R extends Route> = (
  world: StandInWorld,
  input: {
    params: Record<string, string>;
    query: URLSearchParams;
    body: Omit<Api[R], 'reply'> extends { body: infer B } ? B : Record<string, never>;
  },
) => Api[R]['reply'] | Problem;

/** Refused with this code. */
export class Problem {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    this.status = status;
    this.code = code;
  }
}

interface ListedFile {
  path: string;
  file: string;
  type: string;
}

/** `dir`: where buildClient wrote the app. */
export async function startWalletStandIn(dir: string): Promise<WalletStandIn> {
  const { ROWS } = await import('./wallet-stand-in-rows.ts');
  const listed: Record<string, ListedFile> = JSON.parse(readFileSync(join(dir, 'files.json'), 'utf8')); // written by our build
  const files = new Map(
    Object.values(listed).map((file) => [file.path, { ...file, body: readFileSync(join(dir, file.file)) }]),
  );
  const fonts = new Map(readFontAssets().files.map((asset) => [asset.path, asset]));
  const standIn: WalletStandIn = {
    url: '',
    world: makeWorld(),
    calls: [],
    broken: new Map(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(`stand-in: ${String(error)}\n`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in listens on a port');
  // A secure context, as the real one: passkeys, workers and payment requests work on localhost without https.
  standIn.url = `http://localhost:${address.port}`;
  return standIn;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', standIn.url);
    if (url.pathname.startsWith('/api/')) return answerApi(request, response, url);
    const font = fonts.get(url.pathname);
    if (font !== undefined) {
      const { headers, body } = await answerAsset(font, '');
      return void response.writeHead(200, headers).end(body);
    }
    const file = files.get(matchAppPath(url.pathname) === null ? url.pathname : '/');
    if (url.pathname === '/payment-method')
      return void response
        .writeHead(200, { link: `<${standIn.url}/payment-manifest.json>; rel="payment-method-manifest"` })
        .end();
    if (url.pathname === '/payment-manifest.json')
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ default_applications: [`${standIn.url}/manifest.webmanifest`] }));
    if (url.pathname === '/shop')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>shop</p>');
    if (file === undefined) return void response.writeHead(404).end();
    response
      .writeHead(200, { ...baseHeaders(standIn.url), ...fileHeaders(file.type, file.path), 'content-type': file.type })
      .end(file.body);
  }

  async function answerApi(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const found = findRow(`${request.method} ${url.pathname}`);
    if (found === null) return void response.writeHead(404).end();
    const { route, params } = found;
    const body = await readJson(request);
    standIn.calls.push({ route, path: url.pathname, body, headers: request.headers });
    const fault = standIn.broken.get(route);
    if (fault === 'cut') return void response.destroy();
    if (fault !== undefined) return problem(response, fault.status, fault.code);
    if (request.method !== 'GET' && request.headers['x-hutong-app'] !== '1')
      return problem(response, 403, 'foreign_site');
    const isOpen = route.startsWith('POST /api/sign-in');
    if (!isOpen && !standIn.world.isSignedIn) return problem(response, 401, 'signed_out');
    if (route === 'GET /api/balances') return streamBalances(response);
    if (route === 'GET /api/history/export')
      return void response.writeHead(200, { 'content-type': 'text/csv' }).end('date,amount\r\n');
    const row = ROWS[route] as StandInRow<Route>; // the table has each route's own row
    const reply = row(standIn.world, { params, query: url.searchParams, body: body as never }); // as the client's types have it
    if (reply instanceof Problem) return problem(response, reply.status, reply.code);
    response
      .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      .end(JSON.stringify(reply));
  }

  function findRow(asked: string): { route: Route; params: Record<string, string> } | null {
    for (const route of [...Object.keys(ROWS), 'GET /api/balances', 'GET /api/history/export'].sort(
      (a, b) => Number(a.includes(':')) - Number(b.includes(':')),
    ) as Route[]) {
      const names = [...route.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
      const hit = new RegExp(`^${route.replace(/:\w+/g, '([^/]+)')}$`).exec(asked);
      if (hit !== null) return { route, params: Object.fromEntries(names.map((name, i) => [name, hit[i + 1] ?? ''])) };
    }
    return null;
  }

  /** The banks answer one after another, each a moment after it was asked. */
  async function streamBalances(response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const { world } = standIn;
    for (const card of world.cards) {
      do await new Promise((resolve) => setTimeout(resolve, BANK_LOOK_MS));
      while (world.slowBanks.has(card.bank) && !response.destroyed);
      response.write(`${JSON.stringify({ ...world.balanceOf(card), at: at(0) })}\n`);
    }
    response.end();
  }
}

function problem(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/problem+json' })
    .end(JSON.stringify({ type: `/docs/errors#${code}`, title: code, status, detail: code, code, retryable: false }));
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : JSON.parse(text);
}

/** Where a stand-in's client files are built, shared by the tests that need them. */
export const standInDir = join(rootDir, 'dist', 'app');
