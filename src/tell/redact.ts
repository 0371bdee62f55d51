/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** What stands where a secret stood. */
export const redacted = '***';

/** Shorter texts would take half the alphabet out of every message. */
const shortest = 4;

/** Hides each secret in every form in which it travels: as it is, in a URL, in JSON, and as mail servers are told it. */
export function redactor(secrets: readonly string[]): Redact {
  const forms = [...new Set(secrets.flatMap(formsOf))]
    .filter((form) => form.length >= shortest)
    // What contains another secret goes first, or its rest would stay.
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((hidden, form) => hidden.replaceAll(form, redacted), text);
}

function formsOf(secret: string): readonly string[] {
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    ...formsOfAddress(secret),
  ];
}

/** A path that is long enough to admit whoever knows it. */
const telling = 8;

/** Of an address: how it is written in full, its path, and who logs in with it. */
function formsOfAddress(secret: string): readonly string[] {
  if (!/^https?:/.test(secret) || !URL.canParse(secret)) return [];
  const { href, pathname, search, password } = new URL(secret);
  const path = `${pathname}${search}`;
  return [href, password, ...(path.length < telling ? [] : [path]), ...(search.length < telling ? [] : [search])];
}
