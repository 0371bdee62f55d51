/** Takes secrets out of a text. */
export type Scrub = (text: string) => string;

const longestMessage = 300;

/** Shorter ones would blot out ordinary words … */
const shortestSecret = 4;

/** … and up to this length parts of them: `test` is no secret in `latest`. */
const longestWord = 11;

/** What gives a secret away wherever it stands: names of parameters, headers and fields, with what follows them. */
const giveaways = [
  /\b(authorization\W{1,4}(?:(?:token|bearer|basic) +)?)[^\s"',;&}]+/gi,
  /\b(token )[A-Za-z0-9]+:[A-Za-z0-9]+/g,
  /((?:access|request|refresh|public|enc)_?token["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
  /((?:api_?key|api_?secret|checksum)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
];

/** A scrub for what comes from a source or its library: known secrets, whatever looks like one, and too much text. */
export function scrubbing(secrets: readonly (string | null)[]): Scrub {
  const known = secrets
    .filter((secret) => secret !== null)
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length)
    .map((secret) => {
      const literal = secret.replace(/[^A-Za-z0-9]/g, '\\$&');
      return new RegExp(secret.length > longestWord ? literal : `(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g');
    });
  return (text) => {
    let clean = text;
    for (const secret of known) clean = clean.replaceAll(secret, '***');
    for (const giveaway of giveaways) clean = clean.replace(giveaway, '$1***');
    clean = clean.replace(/\s+/g, ' ').trim();
    return clean.length > longestMessage ? `${clean.slice(0, longestMessage - 1)}…` : clean;
  };
}
