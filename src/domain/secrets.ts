const secrets = new Set<string>();

/** Registers a credential, so that no error message, log line or journal entry can carry it.
 *  Values of fewer than 6 characters are not registered: hiding them would garble ordinary text. */
export function registerSecret(value: string): void {
  if (value.length >= 6) secrets.add(value);
}

/** The text with every registered credential replaced by `[redacted]`. */
export function redactSecrets(text: string): string {
  let redacted = text;
  for (const secret of secrets) redacted = redacted.replaceAll(secret, '[redacted]');
  return redacted;
}
