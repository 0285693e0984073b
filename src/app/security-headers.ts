/**
 * The headers of everything that this server answers. Pages run our own files and nothing else, are framed by nobody, and tell no other site
 * where they were.
 */
export function baseHeaders(walletUrl: string): Record<string, string> {
  return {
    'content-security-policy': API_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(self), payment=(self), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(walletUrl.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}

/** An answer that is no page runs nothing, even where a browser is made to show it. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:", // a picture that a person picks to scan
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A worker is held to the policy of its own file: ours fetches the app's pages and files, and nothing else. */
const WORKER_POLICY = "default-src 'none'; connect-src 'self'";

/** The headers of one of the app's files. A shop's page that offers the wallet shows its icon (W3C Payment Handler), so other sites may load pictures. */
export function fileHeaders(type: string, path: string): Record<string, string> {
  const policy = type.startsWith('text/html') ? PAGE_POLICY : path === '/sw.js' ? WORKER_POLICY : API_POLICY;
  const isPicture = type.startsWith('image/');
  return {
    'content-security-policy': policy,
    ...(isPicture ? { 'cross-origin-resource-policy': 'cross-origin' } : {}),
  };
}

/**
 * For the page on which a person agrees to be known to a shop, and what is told instead of it: nothing is loaded, one style stands in the page.
 * Browsers hold the redirect after the form to form-action, too.
 */
export function consentPolicy(styleHash: string, returnUrl: string | null): string {
  const back = returnUrl === null ? '' : ` ${new URL(returnUrl).origin}`;
  return `default-src 'none'; style-src ${styleHash}; form-action 'self'${back}; base-uri 'none'; frame-ancestors 'none'`;
}
