import type { Refusal } from '../../base/refusal.ts';
import type { Label } from '../../wallets/wallet-names.ts';
import { isLinkField, LINK_FIELDS, type LinkField } from './link-fields.ts';

/** Of which link of a list, and of which of its fields, something was refused; null where it is of none in particular. */
export interface RefusedField {
  index: number | null;
  field: LinkField | null;
  text: Label;
}

/** What the desk or the terms of payment refuse, told of the field that somebody wrote. */
export function refusedField({ code, message, facts }: Refusal): RefusedField {
  const [, index, path = ''] = /^(?:links\.(\d+)\.)?(.*)$/.exec(facts.param ?? '') ?? [];
  const names = path.split('.');
  const name = names.find((each) => each !== 'pay' && each !== 'group') ?? '';
  const field = isLinkField(name) ? name : null;
  const chinese = code === 'link_host_not_proved' ? notProved(facts['host']) : chineseOf(message);
  const write = field === null ? null : LINK_FIELDS[field].write['zh-CN'];
  return {
    index: index === undefined ? null : Number(index),
    field,
    text: { 'zh-CN': chinese ?? write ?? message, en: message },
  };
}

function notProved(host: unknown): string {
  return `这个商家没有证明 ${String(host)} 是它的`;
}

/** `#` stands for a number, of which the Chinese has the same ones in the same order. */
const CHINESE: Readonly<Record<string, string>> = {
  'a link of this kind leads to a page': '这种链接要有网页地址',
  'what is paid has its page here': '收款链接的页面是我们的，这一项不写',
  'an instant before the year #': '要早于公元 # 年',
  'the time is over already; stop the link instead': '这个时间已经过了；不想要了就停用它',
  'a link has at most # versions': '一个链接最多改到 # 版',
  'the operator took the link down': '运营已经下架了这个链接',
  'the operator lets no link lead there': '运营不让链接指向那里',
  'the operator lets this merchant make no links': '运营不让这个商家新建链接',
  'an address has at most # letters and no blanks': '地址最多 # 个字符，里面没有空格',
  'an address has at most # letters': '地址最多 # 个字符',
  'that is no address': '这不是网页地址',
  'the address begins with https://': '地址以 https:// 开头',
  'an address names nobody before its host': '地址的域名前面不能有用户名',
  'a path such as /item/#?color=red, of letters, digits and . _ ~ ! * + , = : @ % & -':
    '写成 /item/#?color=red 这样的路径，只用字母、数字和 . _ ~ ! * + , = : @ % & -',
  '# to # letters': '要 # 到 # 个字',
  'it holds letters that nobody sees': '里面有看不见的字符',
  'it piles up marks on one letter': '一个字上堆了太多符号',
  '# to # minor units': '金额太小或太大（# 到 # 分）',
  'what is paid keeps its price; make another link': '收多少不能改，请另建一个链接',
  'a link is paid # to # times, or without end': '可付 # 到 # 次，不写就不限',
  'that currency is not known here': '这里没有这个币种',
  'pay belongs to links of kind pay': '只有 pay 链接才有收款的各项',
  'group belongs to links of kind group': '只有 group 链接才有多人付款的各项',
  'say how the link is paid': '要写怎么收款',
  'say what the group pays': '要写一共付多少',
  'people collect in their wallet, not shops': '多人收款由个人在钱包里发起，商家用 group',
  'say either what each pays or what is paid together': '每人付多少和一共付多少，写其中一项',
  'an order has an amount': '写了订单号，就要写收多少',
  'an order is paid once': '一个订单只付一次',
  'an order number has at most # letters here': '订单号最多 # 个字符',
  'a link has an amount, or asks for one': '写了收多少，就不写最少和最多',
  'least and most are of one currency': '最少和最多要是同一币种',
  'the most is not less than the least': '最多不能小于最少',
  'say either how many shares there are or who pays how much': '分几份和谁付多少，写其中一项',
  '# to # people pay': '# 到 # 个人付',
  'a name has # to # characters': '名字要 # 到 # 个字',
  'everybody pays in the currency of the total': '每个人的币种和总额相同',
  'what the people pay is not the total': '每个人付的加起来不等于总额',
  'there are # to # shares': '分 # 到 # 份',
  'every share is at least one of the smallest unit': '份数太多，每份不到一分',
  'this cannot be paid at once': '一次付不了这么多',
  'what is paid is said in # to # characters': '付的是什么：# 到 # 个字',
  'the price of a link that asks for money is what it asks for': '收款链接的价格就是它收的金额，不用另写',
};

/** Null where nobody has put it into Chinese: what to write there is told instead. */
export function chineseOf(message: string): string | null {
  const numbers = message.match(/\d+/g) ?? [];
  const key = message.replace(/\d+/g, '#');
  const chinese = Object.hasOwn(CHINESE, key) ? CHINESE[key] : undefined;
  let at = 0;
  return chinese?.replace(/#/g, () => numbers[at++] ?? '#') ?? null;
}
