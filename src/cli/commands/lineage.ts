import type { Command } from 'commander';

import { omitUndefined } from '../../platform/omit-undefined.js';
import type { Dataset } from '../../core/tables/tables.js';
import { formatDuration } from '../../core/time/duration.js';
import { addDays } from '../../core/time/time.js';
import { toLineageDocument } from '../../lineage/answers/json.js';
import type { LineageQuery } from '../../lineage/answers/query-lineage.js';
import { toDownstreamDocument, formatDownstream } from '../../lineage/answers/downstream.js';
import { renderLineageHtml } from '../../lineage/answers/html.js';
import { renderLineageMermaid } from '../../lineage/answers/mermaid.js';
import { toUserTablesDocument, formatUserTables } from '../../lineage/answers/user-tables.js';
import { toSourcesDocument, formatSources } from '../../lineage/answers/lineage-sources.js';
import { formatLineageTree } from '../../lineage/answers/tree.js';
import { listUserTables } from '../../lake/user-tables/user-table-log.js';
import { parseDataset } from '../options/parse-dataset.js';
import { parseDate } from '../options/parse-date.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { requireLake } from '../../app/require-lake.js';
import { findRemovedRecord } from '../../app/lineage/find-run.js';
import { readDownstreamOrExit, readLineageOrExit, readSourcesOrExit } from '../../app/lineage/read-lineage.js';
import { readSentCalls } from '../../app/lineage/read-sent-calls.js';
import type { SourceFilter } from '../../app/lineage/read-lineage.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly dataset?: string;
  readonly from?: string;
  readonly to?: string;
  readonly run?: string;
  readonly all?: boolean;
  readonly sources?: boolean;
  readonly downstream?: string | true;
  readonly json?: boolean;
  readonly mermaid?: boolean;
  readonly html?: boolean;
}

export function defineLineage(command: Command, run: RunAction): void {
  command
    .command('lineage')
    .argument('[symbol]', 'symbol, as the pipeline names it')
    .option('--dataset <name>', 'only this table, such as equity_bars')
    .option('--from <date>', 'only windows that end on this date or later (UTC)')
    .option('--to <date>', 'only windows that start on this date or earlier (UTC)')
    .option('--run <id>', 'only the data of this run')
    .option('--all', 'show every window and series instead of a summary')
    .option('--sources', 'list the providers of the lake or of the symbol')
    .option('--downstream [source]', 'data built on a table or a request id [contracts]')
    .option('--json', 'print one JSON document')
    .option('--mermaid', 'print a Mermaid flowchart')
    .option('--html', 'print a self-contained HTML page')
    .action((symbol: string | undefined, flags: Flags) => run((ctx) => showLineage(symbol, flags, ctx)));
}

async function showLineage(symbol: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const dataset = parseDataset(flags.dataset, flags.dataset === undefined ? [] : await listUserTables(ctx.dataFolder));
  if (flags.sources === true) await printSources({ symbol, dataset }, flags, ctx);
  else if (symbol === undefined)
    throw new CliError(exitCode.usage, 'missing SYMBOL', 'name one, such as pipe lineage AAPL, or add --sources');
  else if (flags.downstream !== undefined)
    await printDownstream(symbol, flags.downstream === true ? 'contracts' : flags.downstream, flags, ctx);
  else await printLineage(toQuery(symbol, dataset, flags), flags, ctx);
  return exitCode.done;
}

async function printLineage(query: LineageQuery, flags: Flags, ctx: CliContext): Promise<void> {
  requireLake(ctx);
  const { result: found, isFilteredOut } = await readLineageOrExit(query, ctx);
  const result = { ...found, sent: await readSentCalls(found, ctx) };
  if (!isFilteredOut && query.runId !== undefined) {
    const removal = await findRemovedRecord(query.runId, result.datasets[0]?.windows[0]?.pipeline.name, ctx);
    if (removal !== null)
      ctx.info(
        `the record of this run was removed after ${formatDuration(removal.retention)}; this output comes from the lake`,
      );
  }
  if (flags.json === true) ctx.printJson(toLineageDocument(result));
  else if (flags.mermaid === true) ctx.print(renderLineageMermaid(result));
  else if (flags.html === true) ctx.print(renderLineageHtml(result));
  else ctx.print(formatLineageTree(result, { all: flags.all === true, isFilteredOut }));
}

async function printSources(filter: SourceFilter, flags: Flags, ctx: CliContext): Promise<void> {
  requireLake(ctx);
  const { sources, userTables } = await readSourcesOrExit(filter, ctx);
  if (flags.json === true) ctx.printJson([...toSourcesDocument(sources), ...toUserTablesDocument(userTables)]);
  else ctx.print(`${formatSources(sources)}${formatUserTables(userTables)}`);
}

async function printDownstream(symbol: string, source: string, flags: Flags, ctx: CliContext): Promise<void> {
  const userTables = await listUserTables(ctx.dataFolder);
  const root = source.includes('/')
    ? { request: source }
    : { dataset: parseDataset(source, userTables) ?? 'contracts' };
  requireLake(ctx);
  const found = await readDownstreamOrExit(symbol, root, ctx);
  if (flags.json === true) ctx.printJson(toDownstreamDocument(found));
  else ctx.print(formatDownstream(found, { all: flags.all === true }));
}

function toQuery(symbol: string, dataset: Dataset | undefined, flags: Flags): LineageQuery {
  const from = parseDate('--from', flags.from);
  const to = parseDate('--to', flags.to);
  return {
    symbol,
    ...(dataset === undefined ? {} : { datasets: [dataset] }),
    ...(from === null ? {} : { from: Date.parse(`${from}T00:00:00Z`) }),
    ...(to === null ? {} : { to: Date.parse(`${addDays(to, 1)}T00:00:00Z`) }),
    ...omitUndefined({ runId: flags.run }),
  };
}
