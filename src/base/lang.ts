export type Lang = 'zh-CN' | 'en';

/** Chinese first: English only by `?lang=en`, or when the browser ranks English above Chinese. */
export function chooseLang(asked: string | undefined, acceptLanguage: string | undefined): Lang {
  if (asked === 'en' || asked === 'zh-CN') return asked;
  const english = rankOf('en', acceptLanguage ?? '');
  return english > 0 && english > rankOf('zh', acceptLanguage ?? '') ? 'en' : 'zh-CN';
}

/** RFC 9110, 12.5.4: the highest weight (0 to 1) that a list of language ranges gives to a language. */
function rankOf(language: string, acceptLanguage: string): number {
  const weights = acceptLanguage
    .toLowerCase()
    .split(',')
    .map((part) => part.trim().split(';'))
    .filter(([range = '']) => range === language || range.startsWith(`${language}-`))
    .map(([, ...parameters]) => weightOf(parameters));
  return Math.max(0, ...weights);
}

function weightOf(parameters: readonly string[]): number {
  const weight = parameters.map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1]).find(Boolean);
  return weight === undefined ? 1 : Number(weight);
}
