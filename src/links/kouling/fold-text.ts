import { PASTED_CHARS_MAX } from '../../base/link-limits.ts';

/** A text in one form of writing: what apps and keyboards make different without meaning anything is made alike. */
export interface FoldedText {
  /** Without characters that nobody sees; its punctuation is as it was. Titles are taken from it. */
  shown: string;
  /** Besides, in NFKC: ￥ is ¥, ｈ is h. A full-width comma after an address ends it. */
  folded: string;
  isCut: boolean;
}

/** Zero-width characters, soft hyphens, fillers, marks of direction, variation selectors, and controls but for line breaks and tabs. */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]|(?![\t\n\r])\p{Cc}/u;
const ALL_HIDDEN = new RegExp(HIDDEN, 'gu');
/** Everything that NFKC may change, and nothing that most texts are made of: ASCII, Chinese characters, their brackets and stops. */
const UNUSUAL = /[^\t\n\r -~\u3001\u3002\u3008-\u3011\u3014-\u301b\u4e00-\u9fff]/;
/** Full-width punctuation that ends an address: NFKC would turn it into letters of one. */
const STOPS = /[，！；？]/g;
const STOP = '\u3002';

/** Linear in the text, which is cut at PASTED_CHARS_MAX. */
export function foldText(text: string): FoldedText {
  const isCut = text.length > PASTED_CHARS_MAX;
  const cut = isCut ? text.slice(0, PASTED_CHARS_MAX) : text;
  if (!UNUSUAL.test(cut)) return { shown: cut, folded: cut, isCut };
  const shown = HIDDEN.test(cut) ? cut.replace(ALL_HIDDEN, '') : cut;
  const folded = shown.replace(STOPS, STOP).normalize('NFKC');
  // Some letters become up to eighteen; what grew out of bounds is cut as well.
  return { shown, folded: folded.length > PASTED_CHARS_MAX ? folded.slice(0, PASTED_CHARS_MAX) : folded, isCut };
}

/** Traditional characters of apps' own sentences, one for one. */
const TRADITIONAL: Readonly<Record<string, string>> = {
  複: '复',
  復: '复',
  覆: '复',
  製: '制',
  開: '开',
  啟: '启',
  鏈: '链',
  連: '链',
  結: '接',
  寶: '宝',
  寳: '宝',
  貓: '猫',
  閒: '闲',
  閑: '闲',
  魚: '鱼',
  東: '东',
  紅: '红',
  書: '书',
  筆: '笔',
  記: '记',
  發: '发',
  佈: '布',
  傳: '传',
  長: '长',
  條: '条',
  訊: '息',
  團: '团',
  眾: '众',
  點: '点',
  評: '评',
  網: '网',
  盤: '盘',
  嗶: '哔',
  機: '机',
  張: '张',
  馬: '马',
  個: '个',
  這: '这',
  裡: '里',
  瀏: '浏',
  覽: '览',
  後: '后',
  視: '视',
  頻: '频',
  驗: '验',
  證: '证',
  碼: '码',
  號: '号',
  單: '单',
  訂: '订',
  動: '动',
  態: '态',
  繳: '缴',
  費: '费',
  轉: '转',
  賬: '账',
  帳: '账',
  遞: '递',
  櫃: '柜',
};
const ANY_TRADITIONAL = new RegExp(`[${Object.keys(TRADITIONAL).join('')}]`, 'g');

/** The same text with the traditional characters of TRADITIONAL as simplified ones; as long as before. */
export function simplify(text: string): string {
  return text.replace(ANY_TRADITIONAL, (letter) => TRADITIONAL[letter] ?? letter);
}
