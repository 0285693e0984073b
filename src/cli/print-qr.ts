import { qrTerminal } from '../qr/picture.ts';
import type { Terminal } from './command.ts';

/** A code to scan from the terminal. */
export async function printQr(terminal: Terminal, text: string): Promise<void> {
  for (const line of (await qrTerminal(text, terminal.hasColour)).trimEnd().split('\n')) terminal.print(line);
}
