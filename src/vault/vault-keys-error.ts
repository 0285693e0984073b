/** The master secrets do not fit what the vault has sealed: nothing is served. The message tells an operator what to do. */
export class VaultKeysError extends Error {
  override name = 'VaultKeysError';
}
