/** What a piece of text means; how that looks is up to the paint. */
export type Tone = 'strong' | 'quiet' | 'good' | 'warn' | 'bad' | 'link';

/** Makes text look like what it means. */
export type Paint = (tone: Tone, text: string) => string;

/** For files and for terminals without colour. */
export const plainPaint: Paint = (_tone, text) => text;

const codes: Readonly<Record<Tone, readonly [number, number]>> = {
  strong: [1, 22],
  quiet: [2, 22],
  good: [32, 39],
  warn: [33, 39],
  bad: [31, 39],
  link: [36, 39],
};

/** For terminals. */
export const colourPaint: Paint = (tone, text) => {
  const [on, off] = codes[tone];
  return text === '' ? '' : `\u001b[${String(on)}m${text}\u001b[${String(off)}m`;
};
