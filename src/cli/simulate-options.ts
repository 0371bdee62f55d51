import type { Instant } from '../core/time.js';
import { momentProblem, parseMoment } from '../scenario/moment.js';
import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';

/** The options of `pipe simulate` as commander gives them. */
export interface SimulateFlags {
  readonly port?: string;
  readonly host: string;
  readonly scenario?: string;
  readonly seed?: string;
  readonly serverVersion?: string;
  readonly pacing: string;
  readonly start?: string;
  readonly speed?: string;
  readonly json?: boolean;
}

/** The sources that can be simulated. */
export type Simulated = 'tws' | 'kite';

/** The source that a word means, or the end of the command. */
export function simulated(word: string): Simulated {
  if (word === 'tws' || word === 'kite') return word;
  const lower = word.toLowerCase();
  const meant = /^(ib|ibkr|gateway|tws)$/.test(lower) ? 'tws' : /^(zerodha|kite)$/.test(lower) ? 'kite' : null;
  throw new Stop(
    exitCode.usage,
    `${word} is nothing that can be simulated`,
    meant === null ? 'there is tws (Interactive Brokers) and kite (Zerodha)' : `did you mean ${meant}?`,
  );
}

const pacingModes = ['strict', 'documented', 'off'] as const;

/** How strictly the source holds its clients to its limits. */
export type Pacing = (typeof pacingModes)[number];

/** The options of `pipe simulate`, checked; null where the scenario decides, or else what is usual. */
export interface SimulateOptions {
  readonly host: string;
  readonly port: number | null;
  readonly scenario: string | null;
  readonly seed: number | null;
  readonly serverVersion: number | null;
  readonly pacing: Pacing;
  readonly start: Instant | null;
  readonly speed: number | null;
  readonly json: boolean;
}

export function simulateOptions(source: Simulated, flags: SimulateFlags): SimulateOptions {
  const pacing = pacingModes.find((mode) => mode === flags.pacing);
  if (pacing === undefined)
    throw new Stop(exitCode.usage, `--pacing ${flags.pacing} is not one of ${pacingModes.join(', ')}`);
  if (flags.serverVersion !== undefined && source !== 'tws')
    throw new Stop(exitCode.usage, '--server-version is only for pipe simulate tws');
  return {
    host: flags.host,
    port: numberOf('--port', flags.port, { from: 0, to: 65_535, whole: true }),
    scenario: flags.scenario ?? null,
    seed: numberOf('--seed', flags.seed, { from: 0, to: 2 ** 32 - 1, whole: true }),
    serverVersion: numberOf('--server-version', flags.serverVersion, { from: 157, to: 193, whole: true }),
    pacing,
    start: flags.start === undefined ? null : startOf(flags.start),
    speed: numberOf('--speed', flags.speed, { from: 0, to: 100_000, whole: false }),
    json: flags.json === true,
  };
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly whole: boolean;
}

function numberOf(option: string, text: string | undefined, { from, to, whole }: Range): number | null {
  if (text === undefined) return null;
  const number = text.trim() === '' ? NaN : Number(text);
  if (number >= from && number <= to && (!whole || Number.isInteger(number))) return number;
  throw new Stop(exitCode.usage, `${option} ${text} is not a ${whole ? 'whole ' : ''}number from ${from} to ${to}`);
}

function startOf(text: string): Instant {
  const instant = parseMoment(text);
  if (instant !== null) return instant;
  const { message, suggestion } = momentProblem(text);
  throw new Stop(exitCode.usage, `--start: ${message}`, suggestion);
}
