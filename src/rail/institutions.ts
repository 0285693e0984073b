/*
 * Which institution a bank's cards are reached at: the first eight digits that UnionPay's clearing files and published prefix lists give
 * each bank's head office (0102 is ICBC; the next four are a region, 0000 for all). An operator's rows come before this table.
 */
export const INSTITUTIONS: Readonly<Record<string, string>> = {
  ICBC: '01020000',
  ABC: '01030000',
  BOC: '01040000',
  CCB: '01050000',
  COMM: '03010000',
  CITIC: '03020000',
  CEB: '03030000',
  HXBANK: '03040000',
  CMBC: '03050000',
  GDB: '03060000',
  SPABANK: '03070000',
  CMB: '03080000',
  CIB: '03090000',
  SPDB: '03100000',
  PSBC: '04030000',
};
