import type { Instant } from '../../core/time/time.js';
import { diagnoseTimestamp, parseTimestamp } from '../../config/yaml/parse-timestamp.js';
import { pacingModes } from '../../app/simulate/start-simulator.js';
import type { PacingMode, SimulatorName } from '../../app/simulate/start-simulator.js';
import { requireCovered } from './instant-range.js';
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
  readonly symbols?: string;
  readonly start?: string;
  readonly speed?: string;
  readonly json?: boolean;
}

/** Parses the name of a simulator; an unknown one ends the command with a suggestion. */
export function parseSimulatorName(name: string): SimulatorName {
  if (name === 'tws' || name === 'kite') return name;
  const lower = name.toLowerCase();
  const suggestion = /^(ib|ibkr|gateway|tws)$/.test(lower) ? 'tws' : /^(zerodha|kite)$/.test(lower) ? 'kite' : null;
  throw new CliError(
    exitCode.usage,
    `unknown simulator ${name}`,
    suggestion === null ? 'use tws (Interactive Brokers) or kite (Zerodha)' : `did you mean ${suggestion}?`,
  );
}

/** The checked options of `pipe simulate`; null means the value of the scenario, else the default. */
export interface SimulateOptions {
  readonly host: string;
  readonly port: number | null;
  readonly scenario: string | null;
  readonly seed: number | null;
  readonly serverVersion: number | null;
  readonly pacing: PacingMode;
  readonly symbols: readonly string[] | 'any';
  readonly start: Instant | null;
  readonly speed: number | null;
  readonly json: boolean;
}

export function parseSimulateOptions(simulator: SimulatorName, flags: SimulateFlags): SimulateOptions {
  const pacing = pacingModes.find((mode) => mode === flags.pacing);
  if (pacing === undefined)
    throw new CliError(exitCode.usage, `--pacing ${flags.pacing} is not one of ${pacingModes.join(', ')}`);
  if (flags.serverVersion !== undefined && simulator !== 'tws')
    throw new CliError(exitCode.usage, '--server-version is only for pipe simulate tws');
  if (flags.symbols !== undefined && simulator !== 'tws')
    throw new CliError(exitCode.usage, '--symbols is only for pipe simulate tws');
  return {
    host: flags.host,
    port: parseNumber('--port', flags.port, { from: 0, to: 65_535, whole: true }),
    scenario: flags.scenario ?? null,
    seed: parseNumber('--seed', flags.seed, { from: 0, to: 2 ** 32 - 1, whole: true }),
    serverVersion: parseNumber('--server-version', flags.serverVersion, { from: 157, to: 193, whole: true }),
    pacing,
    symbols: parseSymbols(flags.symbols),
    start: flags.start === undefined ? null : parseStart(flags.start),
    speed: parseNumber('--speed', flags.speed, { from: 0, to: 100_000, whole: false }),
    json: flags.json === true,
  };
}

/** `any`, or names separated by commas. */
function parseSymbols(text: string | undefined): SimulateOptions['symbols'] {
  if (text === undefined) return [];
  if (text === 'any') return text;
  const symbols = text.split(',').map((symbol) => symbol.trim());
  if (!symbols.includes('')) return symbols;
  throw new CliError(exitCode.usage, `--symbols ${text} has an empty name`, 'write names as --symbols ABCD,EFGH');
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
  if (instant !== null) return requireCovered('--start', text, instant);
  const { message, suggestion } = diagnoseTimestamp(text);
  throw new CliError(exitCode.usage, `--start: ${message}`, suggestion);
}
