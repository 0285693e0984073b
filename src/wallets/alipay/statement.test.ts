import { describe, expect, test } from 'vitest';
import type { OutboundReply } from '../../base/outbound.ts';
import { readConfig } from './config.ts';
import { answer, merchantSettings, pretendDeps } from './pretend-alipay.ts';
import { statement } from './statement.ts';

const METHOD = 'alipay.data.dataservice.bill.downloadurl.query';
const simulated = readConfig(merchantSettings());
const live = readConfig(merchantSettings({ gateway_url: 'https://openapi.alipay.com/gateway.do' }));
const FILE = Buffer.from('the bytes of a bill');

/** Answers the question with this node, and any other address with the file. */
async function fetchBill(
  config: typeof live,
  node: Record<string, string>,
  at: string,
  file: OutboundReply = found(FILE),
) {
  const deps = pretendDeps(Buffer.alloc(0));
  deps.clock.advanceMs(new Date(at).getTime() - deps.clock.now().getTime());
  const visited: string[] = [];
  const send: typeof deps.send = async (request) => {
    if (request.url.startsWith(`${config.gatewayUrl}?`)) return found(answer(METHOD, node));
    visited.push(request.url);
    return file;
  };
  return { reply: await statement.fetch({ ...deps, send }, config, '2026-11-23'), visited };
}

describe('the bill of a day', () => {
  const at = '2026-11-24T02:00:00Z';

  test('is fetched from the address that is told', async () => {
    const url = 'https://dwbillcenter.alipay.com/downloadBillFile.resource?bizType=trade&userId=1';
    const { reply, visited } = await fetchBill(live, { code: '10000', bill_download_url: url }, at);
    expect(reply).toEqual({ kind: 'file', file: FILE });
    expect(visited).toEqual([url]);
  });

  test.each([
    'http://dwbillcenter.alipay.com/x',
    'https://alipay.com.example/x',
    'https://127.0.0.1/x',
    'file:///etc/passwd',
    'x',
  ])('is not fetched from %s', async (url) => {
    const { reply, visited } = await fetchBill(live, { code: '10000', bill_download_url: url }, at);
    expect(reply.kind).toBe('unknown');
    expect(visited).toEqual([]);
  });

  test('of a simulator is fetched from that simulator alone', async () => {
    const own = await fetchBill(simulated, { code: '10000', bill_download_url: 'http://127.0.0.1:1/bill?code=x' }, at);
    expect(own.reply.kind).toBe('file');
    const other = await fetchBill(simulated, { code: '10000', bill_download_url: 'http://127.0.0.1:2/bill' }, at);
    expect(other.visited).toEqual([]);
  });

  const rows: [string, Record<string, string>, string, string][] = [
    ['that is not made yet is not ready', notThere(), '2026-11-24T00:59:00Z', 'not_ready'],
    ['that is late is not ready', notThere(), '2026-11-24T15:00:00Z', 'not_ready'],
    ['that is not there a day later is empty', notThere(), '2026-11-24T16:00:00Z', 'empty'],
    ['that is said to be empty is', { code: '10000', bill_file_code: 'EMPTY_DATA_WITH_BILL_FILE' }, at, 'empty'],
    [
      'cannot be had without the permission',
      { code: '40006', sub_code: 'isv.insufficient-isv-permissions' },
      at,
      'failed',
    ],
    ['is unknown while the gateway is down', { code: '20000' }, at, 'unknown'],
    ['is unknown without an address', { code: '10000' }, at, 'unknown'],
  ];
  test.each(rows)('%s', async (_name, node, when, kind) => {
    expect((await fetchBill(live, node, when)).reply.kind).toBe(kind);
  });

  test('whose file does not come is unknown', async () => {
    const node = { code: '10000', bill_download_url: 'https://dwbillcenter.alipay.com/x' };
    const gone: OutboundReply = { kind: 'reply', status: 404, headers: {}, body: FILE };
    expect((await fetchBill(live, node, at, gone)).reply.kind).toBe('unknown');
    expect((await fetchBill(live, node, at, { kind: 'no_answer', reason: 'time-out' })).reply.kind).toBe('unknown');
  });
});

function notThere(): Record<string, string> {
  return { code: '40004', sub_code: 'isp.bill_not_exist' };
}

function found(body: Buffer): OutboundReply {
  return { kind: 'reply', status: 200, headers: {}, body };
}
