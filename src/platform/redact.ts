/** Removes secrets from a text. */
export type Redact = (text: string) => string;

/** Replaces a secret. */
export const redactedText = '***';

/** Shorter secrets would match in ordinary words. */
const minSecretLength = 4;

/** Up to this length a secret of a provider counts only as a whole word: `test` is no secret in `latest`. */
const maxWordLength = 11;

/** Longer messages of a provider are truncated. */
const maxMessageLength = 300;

/** Parameters, headers and fields that carry secrets; the value after the captured name is removed. */
const credentialPatterns: readonly RegExp[] = [
  /\b(authorization\W{1,4}(?:(?:token|bearer|basic) +)?)[^\s"',;&}]+/gi,
  /\b(token )[A-Za-z0-9]+:[A-Za-z0-9]+/g,
  /((?:access|request|refresh|public|enc)_?token["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
  /((?:api_?key|api_?secret|checksum)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
];

/** Redacts known secrets in every encoding in which they travel: plain, in URLs, in JSON, and in Base64 for mail servers. */
export function createRedactor(secrets: readonly string[]): Redact {
  const forms = listSecretForms(secrets);
  return (text) => forms.reduce((result, form) => result.replaceAll(form, redactedText), text);
}

/**
 * Redacts messages of a provider or its library: known secrets, anything that looks like a credential, and text beyond 300
 * characters. Libraries put whole requests into their error messages.
 */
export function createMessageRedactor(secrets: readonly (string | null)[]): Redact {
  const matchers = listSecretForms(secrets.filter((secret) => secret !== null)).map((form) => {
    const literal = form.replace(/[^A-Za-z0-9]/g, '\\$&');
    return new RegExp(form.length > maxWordLength ? literal : `(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g');
  });
  return (text) => {
    let redacted = text;
    for (const matcher of matchers) redacted = redacted.replaceAll(matcher, redactedText);
    for (const pattern of credentialPatterns) redacted = redacted.replace(pattern, `$1${redactedText}`);
    redacted = redacted.replace(/\s+/g, ' ').trim();
    return redacted.length > maxMessageLength ? `${redacted.slice(0, maxMessageLength - 1)}…` : redacted;
  };
}

/** All forms of all secrets, longest first: a secret that contains another one must be replaced before it. */
function listSecretForms(secrets: readonly string[]): readonly string[] {
  return [...new Set(secrets.flatMap(encodeSecret))]
    .filter((form) => form.length >= minSecretLength)
    .sort((a, b) => b.length - a.length);
}

function encodeSecret(secret: string): readonly string[] {
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    ...listUrlForms(secret),
  ];
}

/** Shorter parts of an address are ordinary words; longer ones may be keys. */
const minUrlPartLength = 8;

/** The normalized address, its path, the last part of its path, its query values and its password. */
function listUrlForms(secret: string): readonly string[] {
  if (!/^https?:/.test(secret) || !URL.canParse(secret)) return [];
  const { href, pathname, search, searchParams, password } = new URL(secret);
  const parts = [`${pathname}${search}`, pathname, pathname.split('/').at(-1) ?? '', ...searchParams.values()];
  return [href, password, ...parts.filter((part) => part.length >= minUrlPartLength)];
}
