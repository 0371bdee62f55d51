import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';

/** A whole number given on the command line, not less than `least`; null when the option was left out. */
export function countOption(option: string, text: string | undefined, least: number): number | null {
  if (text === undefined) return null;
  const number = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (number >= least) return number;
  throw new Stop(exitCode.usage, `${option} ${text} is not a whole number of ${least} or more`);
}
