import type { Command } from 'commander';

import { nearest } from '../core/nearest.js';
import { addDays } from '../core/time.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { PlanOptions } from '../plan/options.js';
import { dateOption } from './date-option.js';
import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';

/** The options of `plan` and `run` as commander gives them. */
export interface PlanFlags {
  readonly symbols?: readonly string[];
  readonly steps?: readonly string[];
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly priority?: string;
  readonly retryFailed?: boolean;
  readonly retryDenied?: boolean;
  readonly force?: boolean;
}

const list = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
];

/** The same narrowing and widening for both commands. */
export function withPlanOptions(command: Command): Command {
  return command
    .option('--symbols <list>', 'only these symbols or groups, separated by commas', list)
    .option('--steps <list>', 'only these steps; what they need must be in the lake already', list)
    .option('--date <date>', 'only the session of this date (YYYY-MM-DD)')
    .option('--from <date>', 'sessions from this date on, instead of the look-back')
    .option('--to <date>', 'sessions up to this date, itself included')
    .option('--priority <number>', 'only symbols of this priority or more urgent (1 is the most urgent)')
    .option('--retry-failed', 'only windows that were asked for and failed')
    .option('--retry-denied', 'ask again for windows that were refused for lack of permission')
    .option('--force', 'ask for everything wanted, whatever the lake holds');
}

/** The first option given that narrows or widens a plan; null when there is none. */
export function narrowingOption(flags: PlanFlags): string | null {
  const given: readonly (readonly [string, unknown])[] = [
    ['--symbols', flags.symbols],
    ['--steps', flags.steps],
    ['--date', flags.date],
    ['--from', flags.from],
    ['--to', flags.to],
    ['--priority', flags.priority],
    ['--retry-failed', flags.retryFailed],
    ['--retry-denied', flags.retryDenied],
    ['--force', flags.force],
  ];
  return given.find(([, value]) => value !== undefined)?.[0] ?? null;
}

export function planOptions(flags: PlanFlags, pipeline: Pipeline): PlanOptions {
  if (flags.date !== undefined && (flags.from !== undefined || flags.to !== undefined)) {
    throw new Stop(exitCode.usage, '--date cannot be combined with --from or --to');
  }
  const date = dateOption('--date', flags.date);
  const from = date ?? dateOption('--from', flags.from);
  const last = date ?? dateOption('--to', flags.to);
  if (from !== null && last !== null && from > last)
    throw new Stop(exitCode.usage, `--from ${from} is after --to ${last}`);
  return {
    symbols: flags.symbols === undefined ? null : flags.symbols.flatMap((name) => symbolsNamed(name, pipeline)),
    steps: flags.steps === undefined ? null : flags.steps.map((name) => stepNamed(name, pipeline)),
    from,
    to: last === null ? null : addDays(last, 1),
    priority: flags.priority === undefined ? null : priorityOf(flags.priority),
    retryFailed: flags.retryFailed === true,
    retryDenied: flags.retryDenied === true,
    force: flags.force === true,
  };
}

function priorityOf(text: string): number {
  const priority = Number(text);
  if (Number.isInteger(priority) && priority >= 1) return priority;
  throw new Stop(exitCode.usage, `--priority ${text} is not a whole number from 1 up`);
}

function symbolsNamed(name: string, pipeline: Pipeline): readonly string[] {
  const all = pipeline.symbols.map((symbol) => symbol.instrument.symbol);
  if (all.includes(name)) return [name];
  const members = pipeline.symbols
    .filter((symbol) => symbol.groups.includes(name))
    .map((symbol) => symbol.instrument.symbol);
  if (members.length > 0) return members;
  throw notIn('symbol', name, all, pipeline);
}

function stepNamed(name: string, pipeline: Pipeline): string {
  const all = [...pipeline.steps, ...pipeline.own].map((step) => step.name);
  if (all.includes(name)) return name;
  throw notIn('step', name, all, pipeline);
}

function notIn(what: string, name: string, all: readonly string[], pipeline: Pipeline): Stop {
  const near = nearest(name, all);
  const known = all.length <= 12 ? `${pipeline.name} has ${all.join(', ')}` : null;
  return new Stop(
    exitCode.usage,
    `${pipeline.name} has no ${what} ${name}`,
    near === null ? known : `did you mean ${near}?`,
  );
}
