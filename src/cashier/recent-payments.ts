import type { Payment } from './payment.ts';

/** Most shops begin the first attempt within seconds; whoever comes later is read. */
const KEPT_MAX = 4096;

/**
 * Payments as this process has just written them, so that the first attempt of each can be planned without reading it. What is here may be
 * old by then (paid elsewhere, or rolled back): good enough for a plan, which is held against the locked rows and made anew from what is
 * read where they do not agree.
 */
export class RecentPayments {
  readonly #kept = new Map<string, Payment>();

  keep(payment: Payment): void {
    this.#kept.set(payment.id, { ...payment });
    if (this.#kept.size <= KEPT_MAX) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  /** Once: whoever asks again is to read. */
  take(id: string): Payment | null {
    const payment = this.#kept.get(id) ?? null;
    this.#kept.delete(id);
    return payment;
  }
}
