import { describe, expect, test } from 'vitest';
import { isOurFault, toProblem } from './problem.ts';
import { Refusal, type RefusalCode } from './refusal.ts';
import { REFUSALS } from './refusals.ts';

const coded = (code: string, name = 'Error') =>
  Object.assign(new Error('secret detail at postgres://u:p@h'), { code, name });

describe('a refusal becomes a problem', () => {
  test.each(Object.keys(REFUSALS) as RefusalCode[])('%s', (code) => {
    const { status, headers, body } = toProblem(new Refusal(code, 'why', { param: 'a.b' }), 'req_1');
    expect(status).toBe(REFUSALS[code].status);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({
      code,
      status,
      detail: 'why',
      param: 'a.b',
      request_id: 'req_1',
      type: `/docs/errors#${code}`,
    });
    expect(body.retryable).toBe(REFUSALS[code].retryable);
  });

  test('back-pressure says when to come again', () => {
    const { status, headers, body } = toProblem(new Refusal('overloaded', 'full', { retryAfterSeconds: 1 }), 'r');
    expect([status, headers['retry-after'], body['retryAfterSeconds']]).toEqual([503, '1', undefined]);
  });

  test('facts never stand in for what the catalogue says', () => {
    const { body } = toProblem(new Refusal('not_found', 'x', { status: 200, code: 'fine', title: 'ok' }), 'r');
    expect(body).toMatchObject({ status: 404, code: 'not_found', title: REFUSALS.not_found.title });
  });
});

describe('what is no refusal', () => {
  test.each([
    ['an error of ours', new Error('secret detail'), 500, true],
    ['nothing that was thrown', undefined, 500, true],
    ['a text that was thrown', 'secret detail', 500, true],
    ['a lost connection', coded('CONNECTION_CLOSED'), 503, true],
    ['a refused connection', coded('ECONNREFUSED'), 503, true],
    ['a database that shuts down', coded('57P01'), 503, true],
    ['a database without connections', coded('53300'), 503, true],
    ['a database that is not let in to', Object.assign(coded('55000'), { severity: 'FATAL' }), 503, true],
    ['a machine that cannot be reached', coded('EHOSTUNREACH'), 503, true],
    ['a name that is not known for now', coded('EAI_AGAIN'), 503, true],
    ['a commit that nobody knows of', coded('', 'CommitUnknown'), 503, true],
    ['a broken constraint', coded('23514'), 500, true],
    ['a body that is too large', coded('FST_ERR_CTP_BODY_TOO_LARGE'), 413, false],
    ['another content type', coded('FST_ERR_CTP_INVALID_MEDIA_TYPE'), 415, false],
  ] as const)('%s', (_name, error, status, isOurs) => {
    const problem = toProblem(error, 'req_1');
    expect(problem.status).toBe(status);
    expect(isOurFault(error)).toBe(isOurs);
    expect(JSON.stringify(problem)).not.toMatch(/secret|postgres:/);
  });

  test('a schema that does not fit names the field', () => {
    const validation = [{ instancePath: '/amount/minor', keyword: 'pattern', message: 'must match', params: {} }];
    expect(toProblem({ validation, validationContext: 'body' }, 'r').body).toMatchObject({
      code: 'invalid_request',
      param: 'amount.minor',
    });
    const extra = [{ instancePath: '', keyword: 'additionalProperties', params: { additionalProperty: 'x' } }];
    expect(toProblem({ validation: extra, validationContext: 'querystring' }, 'r').body).toMatchObject({
      param: 'x',
      in: 'querystring',
    });
  });
});
