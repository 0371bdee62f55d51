import type { Command } from 'commander';

import { closestMatch } from '../../platform/suggest.js';
import { addDays } from '../../core/time/time.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import { parseDate } from './parse-date.js';
import { exitCode } from '../../app/exit-code.js';
import { CliError } from '../../app/cli-error.js';

/** The options of `plan` and `run` as commander gives them. */
export interface PlanFlags {
  readonly symbols?: readonly string[];
  readonly steps?: readonly string[];
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly priority?: string;
  readonly priorityOnly?: boolean;
  readonly lowPriority?: boolean;
  readonly retryFailed?: boolean;
  readonly retryDenied?: boolean;
  readonly retryEmpty?: boolean;
  readonly missing?: boolean;
  readonly restate?: readonly string[];
  readonly force?: boolean;
}

const parseList = (text: string, previous: readonly string[] = []): readonly string[] => [
  ...previous,
  ...text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
];

/** Adds the options that `plan` and `run` share. */
export function addPlanOptions(command: Command): Command {
  return command
    .option('--symbols <list>', 'only these symbols or groups (comma-separated)', parseList)
    .option('--steps <list>', 'only these steps; their inputs must be in the lake', parseList)
    .option('--date <date>', 'only the session of this date (YYYY-MM-DD)')
    .option('--from <date>', 'first session, instead of the lookback of the pipeline')
    .option('--to <date>', 'last session, inclusive')
    .option('--priority <number>', 'only symbols of this priority or higher (1 = highest)')
    .option('--priority-only', 'only symbols of priority 1 to 4')
    .option('--low-priority', 'only symbols of priority 5 (the default) to 9')
    .option('--retry-failed', 'retry only windows whose last request failed')
    .option('--retry-denied', 'also retry windows that were denied (no permission)')
    .option('--retry-empty', 'also retry windows that the provider has no rows for')
    .option('--missing', 'only windows whose rows are lost, of any age')
    .option('--restate <list>', 'only rows of these symbols on an earlier price scale', parseList)
    .option('--force', 'refetch everything, even if it is in the lake');
}

/** The name of the first plan option in use; null when there is none. */
export function firstPlanOption(flags: PlanFlags): string | null {
  const options: readonly (readonly [string, unknown])[] = [
    ['--symbols', flags.symbols],
    ['--steps', flags.steps],
    ['--date', flags.date],
    ['--from', flags.from],
    ['--to', flags.to],
    ['--priority', flags.priority],
    ['--priority-only', flags.priorityOnly],
    ['--low-priority', flags.lowPriority],
    ['--retry-failed', flags.retryFailed],
    ['--retry-denied', flags.retryDenied],
    ['--retry-empty', flags.retryEmpty],
    ['--missing', flags.missing],
    ['--restate', flags.restate],
    ['--force', flags.force],
  ];
  return options.find(([, value]) => value !== undefined)?.[0] ?? null;
}

export function parsePlanOptions(flags: PlanFlags, pipeline: Pipeline): PlanOptions {
  if (flags.date !== undefined && (flags.from !== undefined || flags.to !== undefined)) {
    throw new CliError(exitCode.usage, '--date cannot be combined with --from or --to');
  }
  const other = firstRetryOption(flags);
  if (flags.missing === true && other !== null)
    throw new CliError(exitCode.usage, `--missing cannot be combined with ${other}`, 'run twice, with one option each');
  if (flags.restate !== undefined) rejectRestateConflicts(flags);
  const date = parseDate('--date', flags.date);
  const from = date ?? parseDate('--from', flags.from);
  const lastDate = date ?? parseDate('--to', flags.to);
  if (from !== null && lastDate !== null && from > lastDate)
    throw new CliError(exitCode.usage, `--from ${from} is after --to ${lastDate}`);
  return {
    symbols: resolveList('symbol', flags.restate ?? flags.symbols, (name) => resolveSymbols(name, pipeline)),
    steps: resolveList('step', flags.steps, (name) => [resolveStep(name, pipeline)]),
    from,
    to: lastDate === null ? null : addDays(lastDate, 1),
    ...parsePriorities(flags),
    retryFailed: flags.retryFailed === true,
    retryDenied: flags.retryDenied === true,
    retryEmpty: flags.retryEmpty === true,
    missing: flags.missing === true,
    restate: flags.restate !== undefined,
    force: flags.force === true,
  };
}

function rejectRestateConflicts(flags: PlanFlags): void {
  const other =
    flags.symbols !== undefined ? '--symbols' : flags.missing === true ? '--missing' : firstRetryOption(flags);
  if (other === null) return;
  const hint = other === '--symbols' ? 'name the symbols once, with --restate' : 'run twice, with one option each';
  throw new CliError(exitCode.usage, `--restate cannot be combined with ${other}`, hint);
}

/** Returns the first option in use that selects windows by another state than `--missing`. */
function firstRetryOption({ force, retryFailed, retryDenied, retryEmpty }: PlanFlags): string | null {
  if (force === true) return '--force';
  if (retryFailed === true) return '--retry-failed';
  if (retryDenied === true) return '--retry-denied';
  return retryEmpty === true ? '--retry-empty' : null;
}

/** An empty list ends the command: a script whose variable is empty must not look as if there was nothing to fetch. */
function resolveList(
  kind: 'symbol' | 'step',
  names: readonly string[] | undefined,
  resolve: (name: string) => readonly string[],
): readonly string[] | null {
  if (names === undefined) return null;
  if (names.length > 0) return names.flatMap(resolve);
  const example = kind === 'symbol' ? '--symbols AAPL,MSFT' : '--steps contracts,equity';
  throw new CliError(
    exitCode.usage,
    `--${kind}s names no ${kind}`,
    `write names as ${example}, or omit the option for all ${kind}s`,
  );
}

/** Symbols have this priority by default. */
const defaultPriority = 5;

function parsePriorities({
  priority,
  priorityOnly,
  lowPriority,
}: PlanFlags): Pick<PlanOptions, 'priority' | 'fromPriority'> {
  const given = [
    ...(priority === undefined ? [] : ['--priority']),
    ...(priorityOnly === true ? ['--priority-only'] : []),
    ...(lowPriority === true ? ['--low-priority'] : []),
  ];
  if (given.length > 1)
    throw new CliError(
      exitCode.usage,
      `${given.join(' and ')} select different symbols`,
      'run twice, with one option each',
    );
  if (priorityOnly === true) return { priority: defaultPriority - 1 };
  if (lowPriority === true) return { priority: null, fromPriority: defaultPriority };
  return { priority: priority === undefined ? null : parsePriority(priority) };
}

function parsePriority(text: string): number {
  const priority = Number(text);
  if (Number.isInteger(priority) && priority >= 1) return priority;
  throw new CliError(exitCode.usage, `--priority ${text} is not a whole number of 1 or more`);
}

function resolveSymbols(name: string, pipeline: Pipeline): readonly string[] {
  const all = pipeline.symbols.map((symbol) => symbol.instrument.symbol);
  if (all.includes(name)) return [name];
  const members = pipeline.symbols
    .filter((symbol) => symbol.groups.includes(name))
    .map((symbol) => symbol.instrument.symbol);
  if (members.length > 0) return members;
  throw createUnknownError('symbol', name, all, pipeline);
}

function resolveStep(name: string, pipeline: Pipeline): string {
  const all = [...pipeline.steps, ...pipeline.customSteps].map((step) => step.name);
  if (all.includes(name)) return name;
  throw createUnknownError('step', name, all, pipeline);
}

function createUnknownError(kind: string, name: string, all: readonly string[], pipeline: Pipeline): CliError {
  const suggestion = closestMatch(name, all);
  const known = all.length <= 12 ? `known ${kind}s: ${all.join(', ')}` : null;
  return new CliError(
    exitCode.usage,
    `${pipeline.name} has no ${kind} ${name}`,
    suggestion === null ? known : `did you mean ${suggestion}?`,
  );
}
