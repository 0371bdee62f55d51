/** What a piece of text means; how that looks is up to the paint. */
export type Style = 'strong' | 'quiet' | 'good' | 'warn' | 'bad' | 'link';

/** Makes text look like what it means. */
export type ApplyStyle = (style: Style, text: string) => string;

/** For files and for terminals without colour. */
export const plainStyle: ApplyStyle = (_style, text) => text;

const ansiCodes: Readonly<Record<Style, readonly [number, number]>> = {
  strong: [1, 22],
  quiet: [2, 22],
  good: [32, 39],
  warn: [33, 39],
  bad: [31, 39],
  link: [36, 39],
};

/** For terminals. */
export const ansiStyle: ApplyStyle = (style, text) => {
  const [on, off] = ansiCodes[style];
  return text === '' ? '' : `\u001b[${String(on)}m${text}\u001b[${String(off)}m`;
};
