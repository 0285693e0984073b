/** One setting of a wallet, as a person is asked for it. */
export interface SettingRow {
  /** As the wallet's reference names it: `api_v3_key`. */
  setting: string;
  /** The command line's option without its dashes: `api-v3-key-file`. */
  option: string;
  /** In words, with the name that the wallet's own pages use. */
  what: string;
  /**
   * line: the value itself stands on the command line. file: a path does. secret_file: a path does, or - for standard
   * input, since a command line is seen by other users and kept by shells.
   */
  from: 'line' | 'file' | 'secret_file';
  /** How the file is read, and what is checked of it. */
  form: SettingForm;
  /** Asked for at a terminal until it is given; asked for and left out by Enter; or only taken as an option. */
  ask: 'always' | 'maybe' | 'never';
}

/**
 * text: as it is, without blanks around it. boolean: true or false. private_key, public_key: PEM, or the bare base64 that some key tools write.
 * certificate: one or more, PEM; a single one in DER becomes PEM. pfx: PKCS#12 with its password in a setting of its own.
 * p12: PKCS#12 that is taken apart into a key and a certificate.
 */
export type SettingForm = 'text' | 'boolean' | 'private_key' | 'public_key' | 'certificate' | 'pfx' | 'p12';

/** What a wallet's settings are and how they belong together, as data. */
export interface WalletForm {
  /** As buyers know it. */
  name: string;
  rows: readonly SettingRow[];
  /** Settings that follow from others where they are not given. */
  implied(given: ReadonlySet<string>): Readonly<Record<string, string>>;
  /** Rows of `ask: 'always'` that these settings make needless. */
  needless(given: ReadonlyMap<string, unknown>): readonly string[];
  /** Texts that have an exact length. */
  lengths: readonly { setting: string; chars: number }[];
  /** A private key and the certificate that must belong to it. */
  pairs: readonly { key: string; certificate: string }[];
  /** A number that must be the certificate's serial number, in upper-case hex. */
  serials: readonly { setting: string; certificate: string }[];
  /** Who has issued whom. */
  issued: readonly { certificate: string; issuer: string }[];
  /** What must be the wallet's own, not made of the merchant's key. */
  foreign: readonly { setting: string; own: string }[];
  /** The setting that opens the pfx or p12: a password file, or a number. */
  passwordOf: Readonly<Record<string, string>>;
  /** What a p12 is taken apart into. */
  p12?: { key: string; certificate: string };
  examples: readonly string[];
}
