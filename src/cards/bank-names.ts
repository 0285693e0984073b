/** English names, as the banks call themselves; a bank that is not here goes by its Chinese name in English, too. */
const ENGLISH: Readonly<Record<string, string>> = {
  ABC: 'Agricultural Bank of China',
  BJBANK: 'Bank of Beijing',
  BJRCB: 'Beijing Rural Commercial Bank',
  BOC: 'Bank of China',
  BOHAIB: 'China Bohai Bank',
  CCB: 'China Construction Bank',
  CDRCB: 'Chengdu Rural Commercial Bank',
  CEB: 'China Everbright Bank',
  CIB: 'Industrial Bank',
  CITI: 'Citibank',
  CITIC: 'China CITIC Bank',
  CMB: 'China Merchants Bank',
  CMBC: 'China Minsheng Bank',
  COMM: 'Bank of Communications',
  CQBANK: 'Bank of Chongqing',
  CZBANK: 'China Zheshang Bank',
  DBS: 'DBS Bank',
  EGBANK: 'Evergrowing Bank',
  GCB: 'Bank of Guangzhou',
  GDB: 'China Guangfa Bank',
  GYCB: 'Bank of Guiyang',
  HKBEA: 'Bank of East Asia',
  HRBANK: 'Harbin Bank',
  HSBANK: 'Huishang Bank',
  HSBC: 'HSBC',
  HXBANK: 'Hua Xia Bank',
  HZCB: 'Bank of Hangzhou',
  ICBC: 'Industrial and Commercial Bank of China',
  JSBANK: 'Bank of Jiangsu',
  NBBANK: 'Bank of Ningbo',
  NJCB: 'Bank of Nanjing',
  PSBC: 'Postal Savings Bank of China',
  SCB: 'Standard Chartered',
  SHBANK: 'Bank of Shanghai',
  SHRCB: 'Shanghai Rural Commercial Bank',
  SJBANK: 'Shengjing Bank',
  SPABANK: 'Ping An Bank',
  SPDB: 'Shanghai Pudong Development Bank',
  ZJTLCB: 'Zhejiang Tailong Commercial Bank',
  ZZBANK: 'Bank of Zhengzhou',
};

/** Where the package's Chinese name is not the bank's own. */
const CHINESE: Readonly<Record<string, string>> = {
  COMM: '交通银行',
  SPABANK: '平安银行',
  SPDB: '浦发银行',
};

/** Two banks that share a code in the package, and one bank that has two. */
const CODES: Readonly<Record<string, string>> = {
  'NCB 南昌银行': 'NANCHANG',
  'JSBANK 苏州市商业银行': 'BOSZ',
  'ZJQL 浙江泰隆商业银行': 'ZJTLCB',
};

/** The package's code and Chinese name of a bank as ours. */
export function ownCode(code: string, name: string): string {
  return CODES[`${code} ${name}`] ?? code;
}

export function bankNames(code: string, chinese: string): { 'zh-CN': string; en: string } {
  const name = CHINESE[code] ?? chinese;
  return { 'zh-CN': name, en: ENGLISH[code] ?? name };
}
