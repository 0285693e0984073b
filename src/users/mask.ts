/** `138****8000`: what other people, and the screen, see of a phone number. */
export function maskPhone(phone: string): string {
  return `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}

/** `张小丰` is `**丰`: all but the last character, as Chinese banks show names; a name of one character is hidden whole. */
export function maskName(name: string): string {
  const letters = Array.from(name.trim());
  if (letters.length < 2) return '*';
  // Long names, most of them in Latin letters, keep their length to themselves.
  return '*'.repeat(Math.min(letters.length - 1, 3)) + (letters.at(-1) ?? '');
}
