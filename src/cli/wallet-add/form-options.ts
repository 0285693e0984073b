import type { Option } from '../command.ts';
import type { WalletForm } from './setting-row.ts';

/** A wallet's settings as options of a command line. */
export function formOptions(form: WalletForm): Readonly<Record<string, Option>> {
  return Object.fromEntries(
    form.rows.map((row): [string, Option] => [
      row.option,
      {
        value: row.from === 'line' ? 'text' : row.form === 'text' && row.from === 'secret_file' ? 'file or -' : 'file',
        what: row.what,
      },
    ]),
  );
}
