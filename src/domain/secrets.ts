const secrets = new Set<string>();

/** Registers a credential, so that no error message, log line or journal entry can carry it.
 *  Values of fewer than 6 characters are not registered: hiding them would garble ordinary text. */
export function registerSecret(value: string): void {
  if (value.length >= 6) secrets.add(value);
}

/** For JSON.stringify: redacts the text in a value, and leaves numbers alone, those written as decimal strings as well, so
 *  that no credential can garble an amount. Works on values, not on JSON: an escaped character hides nothing from it. */
export function redactingReplacer(_key: string, value: unknown): unknown {
  return typeof value === 'string' && !/^-?\d+(\.\d+)?$/.test(value) ? redactSecrets(value) : value;
}

/** The text with every registered credential replaced by `[redacted]`. */
export function redactSecrets(text: string): string {
  let redacted = text;
  for (const secret of secrets) redacted = redacted.replaceAll(secret, '[redacted]');
  return redacted;
}
