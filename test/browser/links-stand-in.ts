/**
 * What the demo shop sees of share links, when only the shop is under test: hosts, apps and links as the API answers them, and a card picture.
 */
export interface LinksStandIn {
  hosts: Record<string, unknown>[];
  apps: Record<string, unknown>[];
  links: Record<string, unknown>[];
  /** The answer of the API, or null where the path is none of these. */
  answer(method: string, path: string, body: Record<string, unknown>): [number, object] | null;
}

const CODE = 'Ab3dEf7h';

export function createLinksStandIn(url: string): LinksStandIn {
  const standIn: LinksStandIn = {
    hosts: [],
    apps: [],
    links: [],
    answer(method, path, body) {
      const [, , noun = '', id = ''] = path.split('/');
      if (noun === 'link-hosts' && path.endsWith('/prove')) return [200, prove(standIn, id)];
      const rows = noun === 'link-hosts' ? standIn.hosts : noun === 'link-apps' ? standIn.apps : standIn.links;
      if (!['link-hosts', 'link-apps', 'links'].includes(noun)) return null;
      if (method === 'POST') {
        const made = noun === 'link-hosts' ? host(body) : noun === 'link-apps' ? app(body) : link(url, body);
        rows.push(made);
        return [201, made];
      }
      if (id === '') return [200, { data: rows, next_cursor: null }];
      const found = rows.find((row) => row['id'] === id);
      return found === undefined
        ? [404, { title: 'No', status: 404, detail: 'none', code: 'not_found' }]
        : [200, found];
    },
  };
  return standIn;
}

function host(body: Record<string, unknown>): Record<string, unknown> {
  return {
    id: 'lho_1',
    object: 'link_host',
    ...body,
    proof: { line: 'hutong-verification=proof-of-the-shop' },
    proved_at: null,
  };
}

function prove(standIn: LinksStandIn, id: string): object {
  const found = standIn.hosts.find((row) => row['id'] === id);
  return Object.assign(found ?? {}, { proved_at: '2026-11-23T04:00:00.000Z' });
}

function app(body: Record<string, unknown>): Record<string, unknown> {
  return { id: 'lap_1', object: 'link_app', ...body };
}

function link(url: string, body: Record<string, unknown>): Record<string, unknown> {
  return {
    id: 'lnk_1',
    object: 'link',
    code: CODE,
    url: `${url}/l/${CODE}`,
    card_url: `${url}/l/${CODE}/card.png?v=1`,
    texts: { 'zh-CN': `「茶」点开 ${url}/l/${CODE}`, en: `「Tea」 Tap ${url}/l/${CODE}` },
    state: 'active',
    version: 1,
    ...body,
  };
}
