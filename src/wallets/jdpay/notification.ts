import type { NotificationReading, Outcome, RawNotification, WalletDeps } from '../wallet.ts';
import type { JdpayConfig, JdpayParty } from './config.ts';
import { undoneOrderNo } from './requests.ts';
import { failed, paymentFrom, refundFrom } from './translate.ts';
import { openMessage, readOuter } from './verify.ts';
import { childText, type XmlElement } from './xml.ts';

/** Looks whether a payment that JD calls paid has been undone since. */
export type ConfirmPaid = (
  deps: WalletDeps,
  config: JdpayConfig,
  party: JdpayParty,
  orderNo: string,
  paid: Outcome,
  undone: 'unlikely',
) => Promise<Outcome>;

/**
 * Verifies a notification, then reads it with the same tables as a query's answer. An account may have a second merchant
 * number for payment codes: its messages are read with that number's keys and told as the account's.
 */
export async function readNotification(
  deps: WalletDeps,
  config: JdpayConfig,
  raw: RawNotification,
  confirmPaid: ConfirmPaid,
): Promise<NotificationReading> {
  const outer = readOuter(raw.body);
  if (outer === null) return refuse('not a readable message');
  const party = [config.main, config.code].find((one) => one?.merchant === outer.merchant);
  if (party === undefined || party === null) return refuse('for another merchant');
  const opened = openMessage(party, outer);
  if (opened.kind === 'unbelieved') return refuse(opened.reason);
  if (opened.kind === 'refusal') return refuse('nothing in it is signed');
  if (opened.code !== '000000') return refuse('about a call that was not processed');
  return await translate(deps, config, party, opened.root, confirmPaid);
}

async function translate(
  deps: WalletDeps,
  config: JdpayConfig,
  party: JdpayParty,
  root: XmlElement,
  confirmPaid: ConfirmPaid,
): Promise<NotificationReading> {
  const orderNo = childText(root, 'tradeNum') ?? '';
  if (orderNo === '') return refuse('without a tradeNum');
  const common = { merchantNo: config.main.merchant, orderedAt: null };
  const tradeType = childText(root, 'tradeType');
  if (tradeType === '0') {
    const told = paymentFrom(root);
    const outcome = await confirmPaid(deps, config, party, orderNo, told, 'unlikely');
    return { kind: 'payment', ...common, orderNo, outcome };
  }
  if (tradeType !== '1' && tradeType !== '2') return refuse('about a kind of transaction that we do not make');
  const undone = undoneOrderNo(orderNo);
  if (undone === null) {
    return tradeType === '1'
      ? { kind: 'refund', ...common, orderNo, outcome: refundFrom(root) }
      : refuse('about an undo that we did not ask for');
  }
  if (childText(root, 'oTradeNum') !== undone) return refuse('about an undo that we did not ask for');
  return { kind: 'payment', ...common, orderNo: undone, outcome: undoneOutcome(refundFrom(root)) };
}

/** What an undo means for its payment. One that is not through says nothing of it: it is asked for. */
function undoneOutcome(undo: Outcome): Outcome {
  return undo.kind === 'succeeded' ? failed('already_undone', '', '已撤销') : { kind: 'pending' };
}

function refuse(reason: string): NotificationReading {
  return { kind: 'refused', reason };
}
