import type { Instant } from '../../core/time/time.js';
import { diagnoseTimestamp, parseTimestamp } from '../../config/scenario/rules/parse-timestamp.js';
import { exitCode } from '../../app/exit-code.js';
import { CliError } from '../../app/cli-error.js';

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
export type SimulatorName = 'tws' | 'kite';

/** The source that a word means, or the end of the command. */
export function parseSimulatorName(name: string): SimulatorName {
  if (name === 'tws' || name === 'kite') return name;
  const lower = name.toLowerCase();
  const suggestion = /^(ib|ibkr|gateway|tws)$/.test(lower) ? 'tws' : /^(zerodha|kite)$/.test(lower) ? 'kite' : null;
  throw new CliError(
    exitCode.usage,
    `${name} is nothing that can be simulated`,
    suggestion === null ? 'there is tws (Interactive Brokers) and kite (Zerodha)' : `did you mean ${suggestion}?`,
  );
}

const pacingModes = ['strict', 'documented', 'off'] as const;

/** How strictly the source holds its clients to its limits. */
export type PacingMode = (typeof pacingModes)[number];

/** The options of `pipe simulate`, checked; null where the scenario decides, or else what is usual. */
export interface SimulateOptions {
  readonly host: string;
  readonly port: number | null;
  readonly scenario: string | null;
  readonly seed: number | null;
  readonly serverVersion: number | null;
  readonly pacing: PacingMode;
  readonly start: Instant | null;
  readonly speed: number | null;
  readonly json: boolean;
}

export function parseSimulateOptions(source: SimulatorName, flags: SimulateFlags): SimulateOptions {
  const pacing = pacingModes.find((mode) => mode === flags.pacing);
  if (pacing === undefined)
    throw new CliError(exitCode.usage, `--pacing ${flags.pacing} is not one of ${pacingModes.join(', ')}`);
  if (flags.serverVersion !== undefined && source !== 'tws')
    throw new CliError(exitCode.usage, '--server-version is only for pipe simulate tws');
  return {
    host: flags.host,
    port: parseNumber('--port', flags.port, { from: 0, to: 65_535, whole: true }),
    scenario: flags.scenario ?? null,
    seed: parseNumber('--seed', flags.seed, { from: 0, to: 2 ** 32 - 1, whole: true }),
    serverVersion: parseNumber('--server-version', flags.serverVersion, { from: 157, to: 193, whole: true }),
    pacing,
    start: flags.start === undefined ? null : parseStart(flags.start),
    speed: parseNumber('--speed', flags.speed, { from: 0, to: 100_000, whole: false }),
    json: flags.json === true,
  };
}

interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly whole: boolean;
}

function parseNumber(option: string, text: string | undefined, { from, to, whole }: NumberRange): number | null {
  if (text === undefined) return null;
  const number = text.trim() === '' ? NaN : Number(text);
  if (number >= from && number <= to && (!whole || Number.isInteger(number))) return number;
  throw new CliError(exitCode.usage, `${option} ${text} is not a ${whole ? 'whole ' : ''}number from ${from} to ${to}`);
}

function parseStart(text: string): Instant {
  const instant = parseTimestamp(text);
  if (instant !== null) return instant;
  const { message, suggestion } = diagnoseTimestamp(text);
  throw new CliError(exitCode.usage, `--start: ${message}`, suggestion);
}
