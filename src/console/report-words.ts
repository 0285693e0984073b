import type { ReportReason, ReportState } from '../links/safety/reports.ts';
import type { Label } from '../wallets/wallet-names.ts';
import type { Tone } from './parts.ts';

const label = (chinese: string, english: string): Label => ({ 'zh-CN': chinese, en: english });

export const REASONS: Readonly<Record<ReportReason, Label>> = {
  phishing: label('钓鱼、骗密码', 'phishing'),
  fraud: label('诈骗', 'fraud'),
  counterfeit: label('假货', 'counterfeit'),
  illegal: label('违法', 'illegal'),
  harassment: label('骚扰', 'harassment'),
  broken: label('打不开', 'broken'),
  other: label('其他', 'other'),
};

export const REPORT_STATES: Readonly<Record<ReportState, { tone: Tone; label: Label }>> = {
  open: { tone: 'warn', label: label('待处理', 'open') },
  dismissed: { tone: 'off', label: label('不成立', 'dismissed') },
  upheld: { tone: 'bad', label: label('成立', 'upheld') },
};
