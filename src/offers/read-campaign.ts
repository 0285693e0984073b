import { Errors } from 'typebox/value';
import { PAYMENT_MINOR_MAX } from '../base/limits.ts';
import { formatMinor, money, type Currency } from '../money/money.ts';
import { addDays, isDay, shanghaiMidnight } from '../base/shanghai.ts';
import { readMinute, readMoment } from './calendar.ts';
import {
  type Campaign,
  type CampaignCalendar,
  type CampaignDocument,
  type CampaignFunder,
  type CampaignLimit,
  campaignSchema,
  type CampaignStacking,
  type LimitScope,
  WEEKDAYS,
} from './campaign.ts';
import { findContradictions } from './find-contradictions.ts';
import { readValue } from './read-value.ts';
import { stageOf } from './stages.ts';

/** What is wrong with a campaign, and where: a JSON pointer (RFC 6901) into what was written. */
export interface CampaignFault {
  pointer: string;
  text: string;
}

export type CampaignReading =
  | { kind: 'campaign'; campaign: Campaign; document: CampaignDocument }
  | { kind: 'faults'; faults: readonly CampaignFault[] };

/**
 * A campaign from what people write; every fault of it at once. What reads well and can never do what it says is a fault as well:
 * nothing of the kind is published. What is only odd is for `npx hutong offer check` to say (find-oddities.ts).
 */
export function readCampaign(written: unknown): CampaignReading {
  const wrong = Errors(campaignSchema, written).filter(({ keyword }) => keyword !== 'boolean');
  if (wrong.length > 0) return { kind: 'faults', faults: wrong.map(toFault) };
  const document = written as CampaignDocument; // just checked against its schema
  const reader = new FaultReader(document.currency);
  const campaign = toCampaign(document, reader);
  // Meaning is looked at only where every piece could be read.
  const faults = reader.faults.length > 0 ? reader.faults : findContradictions(campaign);
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'campaign', campaign, document };
}

/** Reads pieces and gathers what is wrong with them, so that all of it is told at once. */
export class FaultReader {
  readonly faults: CampaignFault[] = [];
  readonly #currency: Currency;
  readonly #digits: number;

  constructor(currency: Currency) {
    this.#currency = currency;
    this.#digits = formatMinor(money(currency, 0n)).split('.')[1]?.length ?? 0;
  }

  blame(pointer: string, text: string): void {
    this.faults.push({ pointer, text });
  }

  /** A positive amount, written with all decimals of its currency: `5.00`, never `5`. */
  amount(pointer: string, text: string): bigint {
    const [whole = '', decimals = ''] = text.split('.');
    if (decimals.length !== this.#digits) {
      const example = formatMinor(money(this.#currency, BigInt(`${whole}${'0'.repeat(this.#digits)}`)));
      this.blame(
        pointer,
        `an amount of ${this.#currency} is written with ${this.#digits} decimals, such as ${example}`,
      );
      return 1n;
    }
    const minor = BigInt(whole + decimals);
    if (minor === 0n) this.blame(pointer, 'nothing is no amount');
    if (minor > PAYMENT_MINOR_MAX) this.blame(pointer, 'no payment is so large');
    return minor;
  }
}

function toCampaign(document: CampaignDocument, reader: FaultReader): Campaign {
  const { conditions = {} } = document;
  return {
    name: document.name,
    by: document.by,
    currency: document.currency,
    kind: document.kind,
    value: readValue(document, reader),
    funders: document.funders.map(toFunder),
    merchants: document.merchants ?? [],
    when: readCalendar(document.when ?? {}, reader),
    conditions: {
      wallets: conditions.wallets ?? [],
      banks: conditions.banks ?? [],
      cardKinds: conditions.card_kinds ?? [],
      regions: conditions.regions ?? [],
      firstUse: conditions.first_use ?? null,
      amountMinMinor:
        conditions.min_amount === undefined ? null : reader.amount('/conditions/min_amount', conditions.min_amount),
      articles: conditions.articles ?? [],
    },
    limits: readLimits(document, reader),
    stacking: readStacking(document, reader),
  };
}

function toFunder({ funder, owner, per_mille: perMille }: CampaignDocument['funders'][number]): CampaignFunder {
  return { funder, owner: owner ?? null, perMille };
}

function readCalendar(when: NonNullable<CampaignDocument['when']>, reader: FaultReader): CampaignCalendar {
  const moment = (name: 'from' | 'until'): Date | null => {
    const text = when[name];
    if (text === undefined) return null;
    const read = readMoment(text);
    if (read === null) {
      reader.blame(`/when/${name}`, `the calendar has no ${text}`);
      return null;
    }
    // A last day runs to its end.
    return read.isDay && name === 'until' ? shanghaiMidnight(addDays(text, 1)) : read.instant;
  };
  const except = when.except ?? [];
  for (const [index, day] of except.entries())
    if (!isDay(day)) reader.blame(`/when/except/${index}`, `the calendar has no ${day}`);
  return {
    from: moment('from'),
    until: moment('until'),
    weekdays: (when.weekdays ?? []).map((name) => WEEKDAYS.indexOf(name) + 1),
    hours: (when.hours ?? []).map(({ from, to }, index) => {
      const hours = { from: readMinute(from) ?? 0, to: readMinute(to) ?? 0 };
      if (hours.from === hours.to || hours.from === 1440)
        reader.blame(`/when/hours/${index}`, 'these hours are empty; leave `hours` out for the whole day');
      return hours;
    }),
    except,
  };
}

const COUNTED = [
  ['count', 'count'],
  ['per_user', 'user'],
  ['per_device', 'device'],
  ['per_phone', 'phone'],
  ['per_card', 'card'],
  ['per_merchant', 'merchant'],
] as const satisfies readonly (readonly [string, LimitScope])[];
const WINDOWS = ['day', 'week', 'month', 'campaign'] as const;

function readLimits(document: CampaignDocument, reader: FaultReader): CampaignLimit[] {
  const { limits = {} } = document;
  const counts = COUNTED.flatMap(([field, scope]) =>
    WINDOWS.flatMap((window): CampaignLimit[] => {
      const figure = limits[field]?.[window];
      return figure === undefined ? [] : [{ scope, window, figure: BigInt(figure) }];
    }),
  );
  const money = WINDOWS.flatMap((window): CampaignLimit[] => {
    const text = limits.money?.[window];
    return text === undefined
      ? []
      : [{ scope: 'money', window, figure: reader.amount(`/limits/money/${window}`, text) }];
  });
  // Two orders of one buyer at once are both the first: only a limit keeps them apart.
  const isFirst = document.conditions?.first_use !== undefined && limits.per_user?.campaign === undefined;
  const first: CampaignLimit[] = isFirst ? [{ scope: 'user', window: 'campaign', figure: 1n }] : [];
  return [...counts, ...money, ...first];
}

/** Without a word, one order offer of each stage is used, beside those of the other stages; offers on articles go with each other. */
function readStacking(document: CampaignDocument, reader: FaultReader): CampaignStacking {
  const { stacking } = document;
  if (stacking?.alone === true) {
    if (stacking.group !== undefined || stacking.with !== undefined)
      reader.blame('/stacking', 'what stands alone has no group and goes with none');
    return { kind: 'alone' };
  }
  const stage =
    document.by === 'wallet' ? 'wallet' : stageOf({ kind: document.kind, funders: document.funders.map(toFunder) });
  const usual = stage === 'item' ? null : stage;
  const group = stacking?.group ?? usual;
  if (group !== null && stacking?.with?.includes(group) === true)
    reader.blame(
      '/stacking/with',
      `of the group "${group}" only one offer is used, so it cannot go with its own group`,
    );
  return { kind: 'group', group, with: stacking?.with ?? null };
}

function toFault(error: ReturnType<typeof Errors>[number]): CampaignFault {
  const { instancePath: pointer } = error;
  return { pointer, text: explain(error) };
}

/** The schema's complaint in words for whoever writes campaigns; the rarer ones as the schema says them. */
function explain(error: ReturnType<typeof Errors>[number]): string {
  const list = (values: readonly unknown[]): string => values.join(', ');
  if (error.keyword === 'additionalProperties')
    return `there is no such field: ${list(error.params.additionalProperties)}`;
  if (error.keyword === 'required') return `this is missing: ${list(error.params.requiredProperties)}`;
  if (error.keyword === 'enum') return `this is one of ${list(error.params.allowedValues)}`;
  if (error.keyword === 'pattern') return `this is not written as it has to be (${error.params.pattern.toString()})`;
  if (error.keyword === 'uniqueItems') return 'something stands here twice';
  if (error.keyword === 'type') return explainType(list([error.params.type].flat()), error.instancePath);
  return error.message;
}

const AMOUNTS = /\/(off|off_max|off_from|off_to|at|min_amount)$|^\/limits\/money\//;

function explainType(type: string, pointer: string): string {
  return type === 'string' && AMOUNTS.test(pointer)
    ? 'an amount is a text with its decimals, such as "5.00"'
    : `this has to be ${type === 'object' ? 'a list of fields' : type === 'array' ? 'a list' : `of type ${type}`}`;
}
