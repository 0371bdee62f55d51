/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

const maxMessageLength = 300;

/** Shorter ones would blot out ordinary words … */
const minSecretLength = 4;

/** … and up to this length parts of them: `test` is no secret in `latest`. */
const maxWordLength = 11;

/** What gives a secret away wherever it stands: names of parameters, headers and fields, with what follows them. */
const secretPatterns = [
  /\b(authorization\W{1,4}(?:(?:token|bearer|basic) +)?)[^\s"',;&}]+/gi,
  /\b(token )[A-Za-z0-9]+:[A-Za-z0-9]+/g,
  /((?:access|request|refresh|public|enc)_?token["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
  /((?:api_?key|api_?secret|checksum)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
];

/** A scrub for what comes from a source or its library: known secrets, whatever looks like one, and too much text. */
export function createMessageRedactor(secrets: readonly (string | null)[]): Redact {
  const secretMatchers = secrets
    .filter((secret) => secret !== null)
    .filter((secret) => secret.length >= minSecretLength)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length)
    .map((secret) => {
      const literal = secret.replace(/[^A-Za-z0-9]/g, '\\$&');
      return new RegExp(secret.length > maxWordLength ? literal : `(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g');
    });
  return (text) => {
    let redacted = text;
    for (const secret of secretMatchers) redacted = redacted.replaceAll(secret, '***');
    for (const pattern of secretPatterns) redacted = redacted.replace(pattern, '$1***');
    redacted = redacted.replace(/\s+/g, ' ').trim();
    return redacted.length > maxMessageLength ? `${redacted.slice(0, maxMessageLength - 1)}…` : redacted;
  };
}
