import { shanghaiDay } from './bank-day.ts';
import type { Bill } from './card.ts';
import type { NewCard, NewPerson } from './open-cards.ts';

const DAY_MS = 86_400_000;

/** Five invented people for whoever starts the sandbox and wants to try a wallet at once. */
export function firstPeople(now: Date): NewPerson[] {
  const day = (days: number): string => shanghaiDay(new Date(now.getTime() + days * DAY_MS));
  const bill = (amountFen: bigint, billedDaysAgo: number, dueInDays: number): Bill => ({
    amountFen,
    minimumFen: amountFen / 10n,
    billedDay: day(-billedDaysAgo),
    dueDay: day(dueInDays),
  });
  const debit = (bank: string, balanceFen: bigint, more: Partial<NewCard> = {}): NewCard => ({
    bank,
    kind: 'debit',
    balanceFen,
    ...more,
  });
  const credit = (bank: string, creditFen: bigint, owedFen: bigint, bills: Bill | null): NewCard => ({
    bank,
    kind: 'credit',
    creditFen,
    owedFen,
    bill: bills,
  });
  return [
    {
      name: '张小北',
      phone: '13800000001',
      cards: [
        debit('ICBC', 1_286_450n),
        debit('CMB', 8_640_021n),
        debit('CCB', 320_800n),
        credit('CMB', 5_000_000n, 386_215n, bill(324_820n, 8, 10)),
        credit('BOC', 3_000_000n, 96_000n, bill(96_000n, 3, 17)),
      ],
    },
    {
      name: '李思远',
      phone: '13800000002',
      cards: [
        debit('ABC', 5_230_000n),
        debit('PSBC', 260_099n),
        debit('CIB', 15_800_000n),
        credit('CITIC', 8_000_000n, 1_420_050n, bill(1_198_000n, 12, 6)),
      ],
    },
    {
      // Her second bank still has an old phone number on record, and one account of each lower class.
      name: '王晓彤',
      phone: '13800000003',
      cards: [
        debit('BOC', 902_500n),
        debit('SPDB', 64_000n, { phone: '13900000003' }),
        debit('CMBC', 450_000n, { accountClass: 2 }),
        debit('CEB', 120_000n, { accountClass: 3 }),
        credit('COMM', 2_000_000n, 0n, bill(0n, 5, 15)),
      ],
    },
    {
      name: '陈嘉禾',
      phone: '13800000004',
      cards: [
        debit('COMM', 36_000_000n),
        debit('ICBC', 20_500_000n),
        debit('CMB', 18_200_000n),
        debit('CITIC', 9_990_000n),
        credit('ICBC', 20_000_000n, 6_800_000n, bill(6_543_210n, 10, 8)),
        credit('CMBC', 10_000_000n, 2_150_000n, bill(1_900_000n, 2, 18)),
      ],
    },
    {
      name: '阿依古丽·买买提',
      phone: '13800000005',
      cards: [
        debit('CCB', 1_560_000n),
        debit('ABC', 88_800n),
        credit('CIB', 1_500_000n, 150_000n, bill(150_000n, 6, 14)),
      ],
    },
  ];
}
