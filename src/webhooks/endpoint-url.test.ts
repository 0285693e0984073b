import { describe, expect, test } from 'vitest';
import { readEndpointUrl } from './endpoint-url.ts';

const live = { allowPrivate: false };
const sandbox = { allowPrivate: true };

describe('an endpoint in live mode', () => {
  test.each([
    ['https://shop.example/hooks', 'https://shop.example/hooks'],
    ['https://shop.example', 'https://shop.example/'],
    ['https://SHOP.Example:443/Hooks?a=1', 'https://shop.example/Hooks?a=1'],
    ['https://shop.example:8443/', 'https://shop.example:8443/'],
    ['https://shop.example:80/', 'https://shop.example:80/'],
    ['https://商店.example/', 'https://xn--czrs0t.example/'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
  ])('may be at %s', (text, url) => expect(readEndpointUrl(text, live)).toBe(url));

  test.each([
    '',
    'shop.example',
    '//shop.example/',
    'http://shop.example/',
    'ftp://shop.example/',
    'file:///etc/passwd',
    'gopher://shop.example:70/',
    'data:text/plain,x',
    'javascript:alert(1)',
    'ws://shop.example/',
    'https://user@shop.example/',
    'https://user:password@shop.example/',
    'https://shop.example/#part',
    'https://shop.example/#',
    'https://shop.example/\r\nx-header: 1',
    'https://shop.example/\ttab',
    'https://shop\\.example/',
    ' https://shop.example/',
    `https://shop.example/${'a'.repeat(2048)}`,
    `https://shop.example/${'汉'.repeat(1000)}`,
    'https://shop.example:0/',
    'https://shop.example:22/',
    'https://shop.example:25/',
    'https://shop.example:1023/',
    'https://shop.example:3306/',
    'https://shop.example:5432/',
    'https://shop.example:6379/',
    'https://shop.example:9200/',
    'https://shop.example:11211/',
    'https://shop.example:27017/',
    'https://shop.example:65536/',
    'https://localhost/',
    'https://localhost./',
    'https://a.localhost/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://METADATA.google.INTERNAL./',
    'https://intranet/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00:ec2::254]/',
    'https://①②⑦.0.0.1/',
  ])('may not be at %j', (text) => {
    expect(() => readEndpointUrl(text, live)).toThrow(
      expect.objectContaining({ code: 'invalid_request', facts: { param: 'url' } }),
    );
  });
});

describe('an endpoint in the sandbox', () => {
  test.each(['http://127.0.0.1:34567/hooks', 'http://localhost:8080/', 'http://[::1]:8080/', 'http://shop.example/'])(
    'may also be at %s',
    (text) => expect(readEndpointUrl(text, sandbox)).toBe(text),
  );

  test.each([
    'http://10.0.0.1/',
    'http://169.254.169.254/',
    'http://[::ffff:127.0.0.1]/',
    'http://0.0.0.0/',
    'http://127.0.0.1:5432/',
    'http://127.0.0.1:22/',
    'http://intranet/',
    'ftp://127.0.0.1/',
  ])('may still not be at %s', (text) => expect(() => readEndpointUrl(text, sandbox)).toThrow('address'));
});
