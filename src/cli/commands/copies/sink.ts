import type { Command } from 'commander';

import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import { findPipelineFile } from '../../../app/pipeline/find-pipeline-files.js';
import {
  readSinkStatuses,
  replaySinks,
  selectSinks,
  setUpSinks,
  verifySinks,
} from '../../../app/sinks/sink-actions.js';
import type { SinkOutcome, SinkStatus, VerifiedTable } from '../../../app/sinks/sink-actions.js';
import { formatTime } from '../../../core/time/zoned-time.js';
import { formatCount, pluralize } from '../../../platform/format.js';
import { escapeLine } from '../../../platform/text/escape.js';
import type { CliContext } from '../../cli-context.js';
import { loadPipelineOrExit } from '../../load-pipeline.js';
import { parseDate } from '../../options/parse-date.js';
import type { RunAction } from '../../run-action.js';

interface Flags {
  readonly pipeline?: string;
  readonly json?: boolean;
  readonly from?: string;
}

export function defineSink(command: Command, run: RunAction): void {
  const sink = command.command('sink');
  const define = (name: string, description: string, action: SinkAction): Command =>
    sink
      .command(name)
      .description(description)
      .argument('[name]', 'sink of the pipeline [all]')
      .option('--pipeline <file>', 'pipeline file [the only one in pipelines/]')
      .option('--json', 'print one JSON document')
      .action((sinkName: string | undefined, flags: Flags) => run((ctx) => action(sinkName, flags, ctx)));
  define('setup', 'Create or migrate what sinks need', runSetup);
  define('status', 'Show what sinks have and what they lack', runStatus);
  define('replay', 'Deliver the tables again', runReplay).option('--from <date>', 'only commits since this date');
  define('verify', 'Compare the copies with the lake', runVerify);
}

type SinkAction = (name: string | undefined, flags: Flags, ctx: CliContext) => Promise<ExitCode>;

async function load(name: string | undefined, flags: Flags, ctx: CliContext) {
  const pipeline = await loadPipelineOrExit(findPipelineFile(flags.pipeline), ctx);
  return { pipeline, sinks: selectSinks(pipeline, name) };
}

async function runSetup(name: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const { pipeline, sinks } = await load(name, flags, ctx);
  const outcomes = await setUpSinks(pipeline, sinks, ctx);
  report(outcomes, flags, ctx, {
    toJson: (done) => ({ changes: done }),
    toLines: (done) => (done.length === 0 ? ['ok (nothing to do)'] : done),
  });
  return toExitCode(outcomes, () => true);
}

async function runStatus(name: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const { pipeline, sinks } = await load(name, flags, ctx);
  const outcomes = await readSinkStatuses(pipeline, sinks, ctx);
  report(outcomes, flags, ctx, {
    toJson: ({ state, tables }) => ({
      deliveredAt: state.deliveredAt === null ? null : new Date(state.deliveredAt).toISOString(),
      failures: state.failures,
      error: state.error,
      tables: tables.map((table) => ({ ...table, status: isUpToDate(table) ? 'up to date' : 'behind' })),
    }),
    toLines: formatStatus,
  });
  return toExitCode(outcomes, ({ tables }) => tables.every(isUpToDate));
}

async function runReplay(name: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const date = parseDate('--from', flags.from);
  const { pipeline, sinks } = await load(name, flags, ctx);
  const from = date === null ? null : Date.parse(`${date}T00:00:00Z`);
  const outcomes = await replaySinks(pipeline, sinks, from, ctx);
  report(outcomes, flags, ctx, {
    toJson: (result) => result,
    toLines: ({ rows, refused }) => [
      `delivered ${pluralize(rows, 'row')}${refused === 0 ? '' : `, ${pluralize(refused, 'row')} refused`}`,
    ],
  });
  return toExitCode(outcomes, () => true);
}

async function runVerify(name: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const { pipeline, sinks } = await load(name, flags, ctx);
  const outcomes = await verifySinks(pipeline, sinks, ctx);
  report(outcomes, flags, ctx, {
    toJson: (verified) => ({
      tables: verified.map((table) =>
        table.status === 'compared'
          ? { dataset: table.dataset, status: isEqual(table) ? 'ok' : 'differs', ...table.comparison }
          : table,
      ),
    }),
    toLines: formatVerified,
  });
  return toExitCode(outcomes, areEqual);
}

function isUpToDate({ lakeVersion, copyVersion }: SinkStatus['tables'][number]): boolean {
  return lakeVersion === copyVersion;
}

/** A verification that compared nothing has not shown that the copy is equal. */
function areEqual(verified: readonly VerifiedTable[]): boolean {
  return verified.every(isEqual) && verified.some(({ status }) => status !== 'not in the lake');
}

function isEqual(table: VerifiedTable): boolean {
  if (table.status === 'compared') return table.comparison.differences.length === 0;
  return table.status === 'not comparable' || !table.hasCopy;
}

function formatStatus({ state, tables }: SinkStatus): readonly string[] {
  const last = state.deliveredAt === null ? 'nothing delivered yet' : `last delivery ${formatTime(state.deliveredAt)}`;
  const failing =
    state.failures === 0
      ? []
      : [`failing since ${formatTime(state.failingSince ?? 0)}: ${escapeLine(state.error ?? '')}`];
  const lines = tables.map((table) => {
    const { dataset, lakeVersion, copyVersion } = table;
    if (lakeVersion === null) return `${dataset}: not in the lake`;
    if (isUpToDate(table)) return `${dataset}: up to date (version ${String(lakeVersion)})`;
    return `${dataset}: behind (${copyVersion === null ? 'no copy' : `version ${String(copyVersion)}`} of ${String(lakeVersion)})`;
  });
  return [last, ...failing, ...lines];
}

const maxListed = 20;

function formatVerified(verified: readonly VerifiedTable[]): readonly string[] {
  return verified.flatMap((table) => {
    const { dataset } = table;
    if (table.status === 'not comparable') return [`${dataset}: the target cannot be read back`];
    if (table.status === 'not in the lake')
      return [`${dataset}: not in the lake${table.hasCopy ? ', but a copy was delivered' : ''}`];
    const { comparison } = table;
    const { windows, rows, refused, differences } = comparison;
    const rest = refused === 0 ? '' : `, ${pluralize(refused, 'row')} refused`;
    if (differences.length === 0)
      return [`${dataset}: ok (${pluralize(rows, 'row')} in ${pluralize(windows, 'window')}${rest})`];
    const listed = differences
      .slice(0, maxListed)
      .map(
        ({ window, lakeRows, copyRows }) =>
          `  ${escapeLine(window)}: ${pluralize(lakeRows, 'row')} in the lake, ${formatCount(copyRows)} in the copy${lakeRows === copyRows ? ', with other values' : ''}`,
      );
    const more = differences.length - listed.length;
    return [
      `${dataset}: ${pluralize(differences.length, 'window')} of ${formatCount(windows)} differ${rest}`,
      ...listed,
      ...(more > 0 ? [`  and ${formatCount(more)} more`] : []),
      `  pipe sink replay delivers the table again`,
      ...(differences.some(({ lakeRows }) => lakeRows === 0)
        ? ['  rows of symbols that the lake does not have stay in the copy until you remove them']
        : []),
    ];
  });
}

interface Formats<T> {
  toJson(value: T): object;
  toLines(value: T): readonly string[];
}

function report<T>(outcomes: readonly SinkOutcome<T>[], flags: Flags, ctx: CliContext, formats: Formats<T>): void {
  if (flags.json === true) {
    ctx.printJson({
      sinks: outcomes.map((outcome) => ({
        sink: outcome.sink,
        kind: outcome.kind,
        ...(outcome.ok ? formats.toJson(outcome.value) : { error: outcome.message, hint: outcome.hint }),
      })),
    });
    return;
  }
  for (const outcome of outcomes) {
    if (outcome.ok) {
      ctx.print(`${outcome.sink} (${outcome.kind})\n`);
      for (const line of formats.toLines(outcome.value)) ctx.print(`  ${line}\n`);
    } else {
      ctx.error(`pipe: sink ${outcome.sink}: ${escapeLine(outcome.message)}`);
      ctx.error(`  ${escapeLine(outcome.hint)}`);
    }
  }
}

/** A sink that fails counts more than a copy that differs: nothing is known of it. */
function toExitCode<T>(outcomes: readonly SinkOutcome<T>[], isWell: (value: T) => boolean): ExitCode {
  if (outcomes.some(({ ok }) => !ok)) return exitCode.provider;
  return outcomes.every((outcome) => outcome.ok && isWell(outcome.value)) ? exitCode.done : exitCode.checkFailed;
}
