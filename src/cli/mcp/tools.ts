import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';

/** The JSON Schema of one argument. */
interface ArgumentSchema {
  readonly type: 'string' | 'integer';
  readonly description: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Where an argument stands on the command line: its option, or a word in this order. */
type Place = { readonly option: string } | 'word';

interface ToolArgument extends ArgumentSchema {
  readonly place: Place;
  readonly isRequired?: true;
  /** The argument names a file, which has to be in the project. */
  readonly isFile?: true;
}

/** A tool: one command that only reads, with the arguments that a program may set. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** The words of the command line before the arguments. */
  readonly command: readonly string[];
  readonly arguments: Readonly<Record<string, ToolArgument>>;
}

const symbol: ToolArgument = {
  type: 'string',
  description: 'symbol, as the pipeline names it',
  place: 'word',
  isRequired: true,
};
const pipeline: ToolArgument = {
  type: 'string',
  description: 'pipeline file of the project; by default the only one',
  place: 'word',
  isFile: true,
};

const isoDate = String.raw`^\d{4}-\d{2}-\d{2}$`;

function option(name: string, description: string, more: Partial<ArgumentSchema> = {}): ToolArgument {
  return { type: 'string', description, place: { option: name }, ...more };
}

function dateOption(name: string, description: string): ToolArgument {
  return option(name, description, { pattern: isoDate });
}

const at = option('--at', 'as of this time (ISO 8601; a date is its end)');
const asOf = option('--as-of', 'the lake as it was at this moment (ISO 8601): what was known then');
const provider = option('--provider', 'only this provider; by default the one with the latest data');

/** The tools. None of them writes, and none takes a path outside of the project. */
export const tools: readonly Tool[] = [
  {
    name: 'plan',
    description: 'What a run of a pipeline would fetch or import, and why; sends and writes nothing',
    command: ['plan', '--json'],
    arguments: {
      pipeline,
      symbols: option('--symbols', 'only these symbols, separated by commas'),
      steps: option('--steps', 'only these steps, separated by commas'),
      from: dateOption('--from', 'first session, inclusive'),
      to: dateOption('--to', 'last session, exclusive'),
    },
  },
  {
    name: 'status',
    description: 'Tables, runs, and with a pipeline what it lacks',
    command: ['status', '--json'],
    arguments: { pipeline: { ...pipeline, description: 'pipeline file of the project, to see what it lacks' } },
  },
  {
    name: 'query',
    description:
      'Rows of one read-only DuckDB statement over the tables contracts, chains, equity_bars, option_bars, history_starts, quotes, option_snapshots, overviews, corporate_actions, facts, runs and requests',
    command: ['query', '--json'],
    arguments: {
      sql: {
        type: 'string',
        description: 'statement, such as SELECT max(session) FROM equity_bars',
        place: 'word',
        isRequired: true,
      },
      as_of: asOf,
      limit: option('--limit', 'most rows', { type: 'integer', minimum: 1, maximum: 1000 }),
    },
  },
  {
    name: 'chain',
    description: 'The option chain of a symbol with prices and Greeks',
    command: ['chain', '--json'],
    arguments: {
      symbol,
      at,
      right: option('--right', 'only calls (C) or puts (P)', { enum: ['C', 'P'] }),
      expiry: dateOption('--expiry', 'only this expiry'),
      strikes: option('--strikes', 'only this many strikes on each side of the money', {
        type: 'integer',
        minimum: 0,
        maximum: 1000,
      }),
      delta: option('--delta', 'only deltas in this range, such as -0.3..-0.2'),
      as_of: asOf,
      provider,
    },
  },
  {
    name: 'iv',
    description: 'The history of the at-the-money implied volatility of a symbol, with its rank and percentile',
    command: ['iv', '--json'],
    arguments: {
      symbol,
      days: option('--days', 'trading days to look back [60]', { type: 'integer', minimum: 1, maximum: 2000 }),
      at,
      as_of: asOf,
      provider,
    },
  },
  {
    name: 'lineage',
    description: 'Which requests and files brought the data of a symbol',
    command: ['lineage', '--json'],
    arguments: {
      symbol,
      dataset: option('--dataset', 'only this table, such as equity_bars'),
      from: dateOption('--from', 'only windows that end on this date or later'),
      to: dateOption('--to', 'only windows that start on this date or earlier'),
    },
  },
  {
    name: 'why',
    description: 'Where one value came from, or why there is none',
    command: ['why', '--json'],
    arguments: {
      symbol,
      date: { type: 'string', description: 'date of the exchange', pattern: isoDate, place: 'word', isRequired: true },
      time: {
        type: 'string',
        description: 'time in the zone of the exchange, such as 15:45',
        pattern: String.raw`^\d{1,2}:\d{2}$`,
        place: 'word',
      },
      column: { type: 'string', description: 'column [close]', pattern: '^[a-z_]+$', place: 'word' },
      table: option('--table', 'table of the value [equity_bars]'),
      option: option('--option', 'option, such as 2026-12-18/250/C'),
      bar_size: option('--bar-size', 'only bars of this size, such as 1 min'),
      provider: option('--provider', 'only values of this provider'),
    },
  },
  {
    name: 'doctor',
    description:
      'Checks the connections to the providers of a pipeline: requests the time, a quote and a bar, and stores nothing',
    command: ['doctor', '--json'],
    arguments: { pipeline },
  },
  {
    name: 'lint',
    description: 'Every problem of a pipeline with its line',
    command: ['lint', '--json'],
    arguments: { pipeline: { ...pipeline, description: 'pipeline file of the project; by default all' } },
  },
];

/** The arguments of a tool as JSON Schema. */
export function toInputSchema(tool: Tool): Readonly<Record<string, unknown>> {
  const entries = Object.entries(tool.arguments);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      entries.map(([name, { place: _place, isRequired: _isRequired, isFile: _isFile, ...schema }]) => [name, schema]),
    ),
    required: entries.flatMap(([name, { isRequired }]) => (isRequired === true ? [name] : [])),
  };
}

/** The command line of a call. */
export interface ToolCall {
  readonly argv: readonly string[];
  /** Files that the call names. */
  readonly files: readonly string[];
}

/** Builds the command line of a call; an error says what is wrong with its arguments. */
export function toCall(tool: Tool, values: Readonly<Record<string, unknown>>): Result<ToolCall, string> {
  const names = Object.keys(tool.arguments);
  const unknown = Object.keys(values).find((name) => !names.includes(name));
  if (unknown !== undefined) return err(`${tool.name} has no argument ${unknown}; its arguments: ${names.join(', ')}`);
  const options: string[] = [];
  const words: string[] = [];
  const files: string[] = [];
  for (const [name, argument] of Object.entries(tool.arguments)) {
    const value = values[name];
    if (value === undefined) {
      if (argument.isRequired === true) return err(`${tool.name} needs the argument ${name}: ${argument.description}`);
      continue;
    }
    const problem = findProblem(argument, value);
    if (problem !== null) return err(`${name} ${problem}`);
    const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
    if (argument.isFile === true) files.push(text);
    // With `=` and behind `--`, no value can be taken for an option.
    if (argument.place === 'word') words.push(text);
    else options.push(`${argument.place.option}=${text}`);
  }
  return ok({ argv: [...tool.command, ...options, '--', ...words], files });
}

const maxTextLength = 20_000;

function findProblem({ type, pattern, enum: choices, minimum, maximum }: ToolArgument, value: unknown): string | null {
  if (type === 'integer') {
    if (typeof value !== 'number' || !Number.isInteger(value)) return 'is not a whole number';
    const isInside = value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
    return isInside ? null : `is not between ${String(minimum)} and ${String(maximum)}`;
  }
  if (typeof value !== 'string') return 'is not a text';
  if (value === '' || value.length > maxTextLength) return 'is empty or too long';
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return `does not match ${pattern}`;
  return choices === undefined || choices.includes(value) ? null : `is not one of ${choices.join(', ')}`;
}
