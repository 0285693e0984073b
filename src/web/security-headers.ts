/**
 * The headers of every page for people. Scripts, styles and pictures come from us and from files only; nobody frames us.
 * `formOrigins` are the wallets' origins that a form on the page may end up at (a redirect after a form counts too).
 */
export function securityHeaders(formOrigins: readonly string[]): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy(formOrigins),
    // The cashier's address is a secret: other sites never see it. Our own forms still carry their Origin.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  };
}

/**
 * The headers of the page that sends a buyer to a wallet. Browsers hold every redirect after a form to form-action, and a
 * wallet's gateway redirects among hosts of its own that it may change, so any https address is allowed besides its own.
 */
export function redirectFormHeaders(url: string): Record<string, string> {
  return securityHeaders(['https:', new URL(url).origin]);
}

/**
 * The headers of the page that leads on to a wallet: our host, and nothing after it, is told to the wallet, because some
 * open only from hosts that the merchant has named (WeChat Pay, H5, domain check).
 */
export function leaveHeaders(): Record<string, string> {
  return { ...securityHeaders([]), 'referrer-policy': 'strict-origin' };
}

function contentSecurityPolicy(formOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    ["form-action 'self'", ...formOrigins].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
