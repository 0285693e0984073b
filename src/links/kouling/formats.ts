import type { TextFormat } from './format-row.ts';
import { SHOP_FORMATS } from './formats-shops.ts';
import { SOCIAL_FORMATS } from './formats-social.ts';

/** When the rows were last compared with texts that people share. Apps change their sentences; look again twice a year. */
export const FORMATS_SEEN = '2026-11';

/** Every format; where two rows share a host and nothing in the text decides, the first one counts. */
export const FORMATS: readonly TextFormat[] = [...SHOP_FORMATS, ...SOCIAL_FORMATS];
