import { expect, test } from 'vitest';
import { Broken, expectThat, NotSeen } from './check-case.ts';

test('what a strange wallet said steers no terminal and does not fill it', () => {
  const said = `it is called \u001b[2J\u001b]0;owned\u0007\u009b31m\r\n${'x'.repeat(100_000)}`;
  for (const error of [new Broken(said), new NotSeen(said)]) {
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(error.message).toHaveLength(500);
  }
  expect(() => expectThat(false, said)).toThrow(Broken);
});
