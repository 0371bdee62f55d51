import { styleText } from 'node:util';

/** The meaning of a piece of text; an `ApplyStyle` decides how it looks. */
export type Style = 'strong' | 'quiet' | 'good' | 'warn' | 'bad' | 'link';

/** Makes text look like its meaning. */
export type ApplyStyle = (style: Style, text: string) => string;

/** For files and for terminals without colour. */
export const plainStyle: ApplyStyle = (_style, text) => text;

const formats = {
  strong: 'bold',
  quiet: 'dim',
  good: 'green',
  warn: 'yellow',
  bad: 'red',
  link: 'cyan',
} as const satisfies Readonly<Record<Style, Parameters<typeof styleText>[0]>>;

/** The sequences of `ansiStyle`. */
export const styleSequences: readonly string[] = [
  ...new Set(Object.values(formats).flatMap((format) => styleText(format, ' ', { validateStream: false }).split(' '))),
];

/** For terminals. The caller has checked the stream, `NO_COLOR` and `--no-color`, so `styleText` does not check again. */
export const ansiStyle: ApplyStyle = (style, text) =>
  text === '' ? '' : styleText(formats[style], text, { validateStream: false });
