/** Colours for people; every function gives its text back unchanged when colour is off. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;

export function paint(enabled: boolean): Paint {
  const wrap = ([open, close]: readonly [number, number]) => {
    return (text: string): string => (enabled ? `\u001b[${String(open)}m${text}\u001b[${String(close)}m` : text);
  };
  return {
    bold: wrap(codes.bold),
    dim: wrap(codes.dim),
    red: wrap(codes.red),
    green: wrap(codes.green),
    yellow: wrap(codes.yellow),
    cyan: wrap(codes.cyan),
  };
}

/** Whether a stream wants colour: NO_COLOR and FORCE_COLOR decide, else whether a person is looking. */
export function wantsColor(stream: { readonly isTTY?: boolean }, environment: Readonly<Record<string, string | undefined>>): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0';
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}
