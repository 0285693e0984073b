import type { TextFormat } from './format-row.ts';
import { SHOP_FORMATS } from './formats-shops.ts';
import { SOCIAL_FORMATS } from './formats-social.ts';

/**
 * Every format; where two rows share a host and nothing in the text decides, the first one counts. Last compared with texts that people share in
 * November 2026: apps change their sentences, look again twice a year.
 */
export const FORMATS: readonly TextFormat[] = [...SHOP_FORMATS, ...SOCIAL_FORMATS];
