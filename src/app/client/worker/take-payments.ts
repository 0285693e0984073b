import type { PaymentWord } from '../payment-window.ts';
import type { PaymentHandlerResponse, PaymentRequestEventLike, WorkerScope } from './worker-scope.ts';

/** `data.order` of the payment method: the order's address at this wallet, or its token alone. */
const TOKEN = /^(?:https?:\/\/[^/?#]+)?(?:\/pay\/)?([A-Za-z0-9_-]{16,128})$/;
/** A window that nobody answers is given up after the longest life of an order's page. */
const WAIT_MS = 30 * 60_000;

interface Waiting {
  end: (word: PaymentWord) => void;
}

/**
 * The wallet as a payment handler (W3C Payment Handler API): a shop's page asks by `PaymentRequest`, we open the order's page in a window of the browser's,
 * and answer with how it ended. The answer proves nothing to the shop, which asks its own server.
 */
export function takePayments(scope: WorkerScope): void {
  const waiting = new Map<string, Waiting>();
  scope.addEventListener('canmakepayment', (event) => event.respondWith(Promise.resolve(true)));
  scope.addEventListener('paymentrequest', (event) => event.respondWith(takeOne(scope, event, waiting)));
  scope.addEventListener('message', (event) => {
    const word = readWord(event.data);
    // Only our own pages can talk to this worker; the origin is compared all the same.
    if (word === null || !isOurs(scope, event.source?.url)) return;
    waiting.get(word.request)?.end(word);
  });
}

async function takeOne(
  scope: WorkerScope,
  event: PaymentRequestEventLike,
  waiting: Map<string, Waiting>,
): Promise<PaymentHandlerResponse> {
  const method = event.methodData.find(({ supportedMethods }) => isOurs(scope, supportedMethods));
  const token = readToken(scope, method?.data);
  const fen = readTotal(event.total);
  if (method === undefined || token === null)
    throw new Error('data.order has to be the address of an order at this wallet');
  if (fen === null) throw new Error('the total has to be an amount in CNY');
  const request = hexOf(scope.crypto.getRandomValues(new Uint8Array(16)));
  const ended = new Promise<PaymentWord>((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'hutong-payment', request, state: 'canceled' }), WAIT_MS);
    waiting.set(request, {
      end: (word) => {
        clearTimeout(timer);
        resolve(word);
      },
    });
  });
  try {
    const window = await event.openWindow(`/pay/${token}?request=${request}&total=${fen}`);
    if (window === null || window === undefined) throw new Error('the browser did not open the window');
    const { state } = await ended;
    if (state === 'canceled') throw new Error('the buyer turned back');
    return { methodName: method.supportedMethods, details: { order: token, state } };
  } finally {
    waiting.delete(request);
  }
}

function readToken(scope: WorkerScope, data: unknown): string | null {
  const order = typeof data === 'object' && data !== null && 'order' in data ? data.order : null;
  if (typeof order !== 'string') return null;
  if (order.includes('://') && !isOurs(scope, order)) return null;
  return TOKEN.exec(order)?.[1] ?? null;
}

/** `128.00` of CNY → `12800`; other currencies and finer amounts are refused. */
function readTotal(total: { currency: string; value: string }): string | null {
  const [, whole = '', fraction = ''] = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(total.value) ?? [];
  if (total.currency.toUpperCase() !== 'CNY' || whole === '') return null;
  return (BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'))).toString();
}

function readWord(data: unknown): PaymentWord | null {
  if (typeof data !== 'object' || data === null) return null;
  const { kind, request, state } = data as Partial<PaymentWord>; // each checked below
  if (kind !== 'hutong-payment' || typeof request !== 'string') return null;
  return state === 'paid' || state === 'closed' || state === 'canceled' ? { kind, request, state } : null;
}

function isOurs(scope: WorkerScope, url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && new URL(url).origin === scope.location.origin;
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
