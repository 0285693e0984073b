import type { LimitLeft } from '../limits/limits.ts';
import { formatMoney, money } from '../money/money.ts';
import type { Carrier, Names, RouteRequest, Whole } from './plan-route.ts';
import { isSingle, isSum, leftOf, ofSubject } from './route-lines.ts';

/** Why these cards, and why in so many parts. */
export function explainRoute(
  request: RouteRequest,
  carriers: readonly Carrier[],
  parts: readonly { cardId: string; amount: bigint }[],
): Names {
  const used = carriers.filter(({ source }) => parts.some((part) => part.cardId === source.cardId));
  const texts = [parts.length === 1 ? whole(used) : split(request, used, parts)];
  const favourite = carriers.find(({ source }) => source.isDefault);
  const first = parts.length > 1 ? used[0] : favourite;
  if (first !== undefined) texts.push(...limitsOf(request, first));
  for (const { source } of used.filter((one) => one.source.available === null))
    texts.push({
      'zh-CN': `${source.label['zh-CN']}的银行没有告知余额，仅在其他卡不够时使用。`,
      en: `The bank of ${source.label.en} did not tell its balance; it is used only because the others are not enough.`,
    });
  texts.push({ 'zh-CN': '免手续费。', en: 'There is no fee.' });
  return joined(texts);
}

/** What stands in the way, and how much would be possible. */
export function explainNone(
  request: RouteRequest,
  carriers: readonly Carrier[],
  { sum, paymentsMax }: Whole,
  reachable: bigint,
): Names {
  const { amount } = request;
  const common = [...ofSubject(request.userLeft, 'user'), ...ofSubject(request.targetLeft, 'target_card')];
  const texts: Names[] = [];
  if (carriers.length === 0) texts.push({ 'zh-CN': '没有可用的付款卡。', en: 'There is no card to pay with.' });
  const smallest = carriers.reduce<bigint | null>((min, one) => (min === null || one.min < min ? one.min : min), null);
  if (smallest !== null && amount < smallest)
    texts.push({ 'zh-CN': `每笔至少 ${show(smallest)}。`, en: `One payment is at least ${show(smallest)}.` });
  if (amount > sum) texts.push(...common.filter((line) => isSum(line) && leftOf(line) < amount).map(explainLine));
  if (paymentsMax === 0)
    texts.push(...common.filter((line) => line.unit === 'count' && leftOf(line) === 0n).map(explainLine));
  if (texts.length === 0) {
    texts.push(...carriers.flatMap((one) => limitsOf(request, one)));
    texts.push({
      'zh-CN': `最多拆分为 ${paymentsMax} 笔，仍不够。`,
      en: `Split into ${paymentsMax} payments at most, it is not enough.`,
    });
  }
  texts.push(
    reachable > 0n
      ? { 'zh-CN': `现在最多可以 ${show(reachable)}。`, en: `Up to ${show(reachable)} is possible now.` }
      : { 'zh-CN': '现在无法办理。', en: 'Nothing is possible now.' },
  );
  return joined(texts);
}

function whole(used: readonly Carrier[]): Names {
  const [only] = used;
  const label = only?.source.label ?? { 'zh-CN': '', en: '' };
  return only?.source.isDefault === true
    ? { 'zh-CN': `由默认卡${label['zh-CN']}一笔付清。`, en: `Paid at once from your default card, ${label.en}.` }
    : { 'zh-CN': `由${label['zh-CN']}一笔付清。`, en: `Paid at once from ${label.en}.` };
}

function split(
  request: RouteRequest,
  used: readonly Carrier[],
  parts: readonly { cardId: string; amount: bigint }[],
): Names {
  const shares = used.map(({ source }) => {
    const own = parts.filter((part) => part.cardId === source.cardId);
    return { label: source.label, count: own.length, sum: own.reduce((sum, part) => sum + part.amount, 0n) };
  });
  const zh = shares.map(({ label, count, sum }) => `${label['zh-CN']} ${count} 笔共 ${show(sum)}`).join('，');
  const en = shares.map(({ label, count, sum }) => `${show(sum)} from ${label.en} in ${count}`).join(', ');
  return {
    'zh-CN': `${show(request.amount)} 拆分为 ${parts.length} 笔：${zh}。`,
    en: `${show(request.amount)} is split into ${parts.length} payments: ${en}.`,
  };
}

/** Why this card alone does not pay the whole in one payment; nothing where it does. */
function limitsOf({ amount, targetLeft, userLeft }: RouteRequest, { source, cap, min }: Carrier): Names[] {
  const label = source.label;
  const texts: Names[] = [];
  if (source.available !== null && source.available < amount)
    texts.push({
      'zh-CN': `${label['zh-CN']}可用余额 ${show(source.available)}。`,
      en: `${label.en} has ${show(source.available)} to spend.`,
    });
  const lines = [
    ...ofSubject(source.left, 'card'),
    ...ofSubject(targetLeft, 'target_card'),
    ...ofSubject(userLeft, 'user'),
  ];
  const single = lines.filter((line) => isSingle(line) && line.max === cap && cap < amount);
  if (single[0] !== undefined)
    texts.push({
      'zh-CN': `${label['zh-CN']}每笔最多 ${show(cap)}（${SETTERS[single[0].setBy].zh}）。`,
      en: `One payment from ${label.en} is at most ${show(cap)} (${SETTERS[single[0].setBy].en}).`,
    });
  if (min > cap) texts.push({ 'zh-CN': `每笔至少 ${show(min)}。`, en: `One payment is at least ${show(min)}.` });
  for (const line of ofSubject(source.left, 'card')) {
    const isSpent = line.unit === 'count' ? leftOf(line) === 0n : isSum(line) && leftOf(line) < amount;
    if (isSpent) texts.push(prefixed(label, explainLine(line)));
  }
  return texts;
}

const SETTERS: Readonly<Record<LimitLeft['setBy'], { zh: string; en: string }>> = {
  hutong: { zh: '本钱包限额', en: 'a limit of this wallet' },
  bank: { zh: '银行限额', en: "the bank's limit" },
  law: { zh: '监管规定', en: 'by law' },
  holder: { zh: '您设置的限额', en: 'your own limit' },
};

const WINDOWS: Readonly<Record<LimitLeft['window'], { zh: string; en: string }>> = {
  payment: { zh: '每笔', en: 'in one payment' },
  day: { zh: '今日', en: 'today' },
  month: { zh: '本月', en: 'this month' },
  year: { zh: '今年', en: 'this year' },
  balance: { zh: '账户', en: 'in the account' },
};

const WHOSE: Readonly<Record<LimitLeft['subject'], { zh: string; en: string }>> = {
  user: { zh: '您', en: 'you have' },
  card: { zh: '', en: 'it has' },
  target_card: { zh: '收款卡', en: 'the card that is paid has' },
};

function explainLine(line: LimitLeft): Names {
  const window = WINDOWS[line.window];
  const whose = WHOSE[line.subject];
  const setter = SETTERS[line.setBy];
  const left = leftOf(line);
  return line.unit === 'count'
    ? {
        'zh-CN': `${whose.zh}${window.zh}还可办理 ${left} 笔（${setter.zh} ${line.max} 笔）。`,
        en: capital(`${whose.en} ${left} payments left ${window.en} (${setter.en}: ${line.max}).`),
      }
    : {
        'zh-CN': `${whose.zh}${window.zh}剩余额度 ${show(left)}（${setter.zh} ${show(line.max)}）。`,
        en: capital(`${whose.en} ${show(left)} left ${window.en} (${setter.en}: ${show(line.max)}).`),
      };
}

function prefixed(label: Names, text: Names): Names {
  return { 'zh-CN': `${label['zh-CN']}${text['zh-CN']}`, en: `${label.en}: ${text.en}` };
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Each sentence once, in order. */
function joined(texts: readonly Names[]): Names {
  return {
    'zh-CN': [...new Set(texts.map((text) => text['zh-CN']))].join(''),
    en: [...new Set(texts.map((text) => text.en))].join(' '),
  };
}

function show(minor: bigint): string {
  return formatMoney(money('CNY', minor));
}
