import { loadLedger, openLedger, SHARED_BOOK } from './ledger-load.ts';

/* A second writer as a process of its own: { inFlight, seconds } is answered with a sample; it ends with its parent. */
const closing: (() => Promise<void>)[] = [];
const ledger = await openLedger(process.argv[2] ?? '', SHARED_BOOK, closing);
process.on('message', ({ inFlight, seconds }: { inFlight: number; seconds: number }) => {
  void loadLedger(ledger, inFlight, seconds, true).then(({ perSecond }) => process.send?.({ perSecond }));
});
process.once('disconnect', () => {
  void Promise.all(closing.map((close) => close())).then(() => process.exit());
});
