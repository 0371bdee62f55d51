/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** What stands where a secret stood. */
export const redactedText = '***';

/** Shorter texts would take half the alphabet out of every message. */
const minSecretLength = 4;

/** Hides each secret in every form in which it travels: as it is, in a URL, in JSON, and as mail servers are told it. */
export function createRedactor(secrets: readonly string[]): Redact {
  const forms = [...new Set(secrets.flatMap(encodedForms))]
    .filter((form) => form.length >= minSecretLength)
    // What contains another secret goes first, or its rest would stay.
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((result, form) => result.replaceAll(form, redactedText), text);
}

function encodedForms(secret: string): readonly string[] {
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    ...urlForms(secret),
  ];
}

/** Parts of an address that are long enough to admit whoever knows them, and too long to be a word of a message. */
const minUrlPartLength = 8;

/** Of an address: how it is written in full, its path with the last part alone, what it asks, and who logs in with it. */
function urlForms(secret: string): readonly string[] {
  if (!/^https?:/.test(secret) || !URL.canParse(secret)) return [];
  const { href, pathname, search, searchParams, password } = new URL(secret);
  const parts = [`${pathname}${search}`, pathname, pathname.split('/').at(-1) ?? '', ...searchParams.values()];
  return [href, password, ...parts.filter((part) => part.length >= minUrlPartLength)];
}
