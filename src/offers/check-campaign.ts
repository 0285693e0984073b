import { Refusal } from '../base/refusal.ts';
import type { Campaign } from './campaign.ts';
import { readCampaign } from './read-campaign.ts';

const FAULTS_TOLD_MAX = 10;

/** @throws Refusal campaign_invalid, which names every fault by a JSON pointer into the campaign */
export function checkCampaign(written: unknown): Campaign {
  const reading = readCampaign(written);
  if (reading.kind === 'campaign') return reading.campaign;
  const { faults } = reading;
  const told = faults.slice(0, FAULTS_TOLD_MAX).map(({ pointer, text }) => `${pointer || '/'}: ${text}`);
  const more = faults.length - told.length;
  const detail = [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  throw new Refusal('campaign_invalid', detail.slice(0, 1000), {
    param: ['campaign', ...(faults[0]?.pointer.split('/').slice(1) ?? [])].join('.').slice(0, 100),
    pointer: faults[0]?.pointer ?? '',
    faults_count: faults.length,
  });
}
