import { describe, expect, test } from 'vitest';
import { renderRedirectForm } from './redirect-form.ts';
import { redirectFormHeaders, securityHeaders } from './security-headers.ts';

describe('the page that leads to a wallet', () => {
  test('carries every field unchanged, whatever signs are in it', () => {
    const page = renderRedirectForm(
      { url: 'https://gateway.example/pay?a=1&b="2"', fields: { 'a"b': '{x=1&y="<2>"}', sign: 'a+b/c==' } },
      'en',
    );
    expect(page).toContain('action="https://gateway.example/pay?a=1&amp;b=&quot;2&quot;"');
    expect(page).toContain('name="a&quot;b" value="{x=1&amp;y=&quot;&lt;2&gt;&quot;}"');
    expect(page).toContain('value="a+b/c=="');
  });

  test('refuses an address that a browser would run', () => {
    expect(() => renderRedirectForm({ url: 'javascript:alert(1)', fields: {} }, 'en')).toThrow('http');
  });
});

describe('headers', () => {
  test('allow nothing inline and no frame, and forms only to us', () => {
    const policy = securityHeaders([])['content-security-policy'] ?? '';
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self';");
  });

  test('the page that leads to a wallet may post to its origin', () => {
    expect(redirectFormHeaders('http://127.0.0.1:8401/pay?x=1')['content-security-policy']).toContain(
      "form-action 'self' https: http://127.0.0.1:8401;",
    );
  });
});
