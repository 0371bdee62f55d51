import type { Command } from 'commander';

import { omitUndefined } from '../../platform/omit-undefined.js';
import { closestMatch } from '../../platform/suggest.js';
import { parseSeriesName } from '../../core/series.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { addDays } from '../../core/time/time.js';
import type { CommittedFact, LakeReader } from '../../lake/api.js';
import { readUserTablesState } from '../../lake/user-tables/user-tables-state.js';
import { openLakeReader } from '../../lake/reader/lake-reader.js';
import { toLineageDocument } from '../../lineage/answers/json.js';
import { queryLineage } from '../../lineage/answers/query-lineage.js';
import type { LineageQuery } from '../../lineage/answers/query-lineage.js';
import { toDownstreamDocument, findDownstream, formatDownstream } from '../../lineage/answers/downstream.js';
import { renderLineageHtml } from '../../lineage/answers/html.js';
import { renderLineageMermaid } from '../../lineage/answers/mermaid.js';
import { toUserTablesDocument, formatUserTables } from '../../lineage/answers/user-tables.js';
import { toSourcesDocument, summarizeSources, formatSources } from '../../lineage/answers/lineage-sources.js';
import { formatLineageTree } from '../../lineage/answers/tree.js';
import { parseDate } from '../options/parse-date.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { warnRecordRemoved } from '../errors.js';
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
    .description('Show the run, request and provider that data came from')
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
  const dataset = parseDataset(flags.dataset);
  const reader = await openLakeReader(ctx.dataFolder);
  try {
    if (flags.sources === true) await printSources(symbol, dataset, flags, reader, ctx);
    else if (symbol === undefined)
      throw new CliError(exitCode.usage, 'missing SYMBOL', 'name one, such as pipe lineage AAPL, or add --sources');
    else if (flags.downstream !== undefined)
      await printDownstream(symbol, flags.downstream === true ? 'contracts' : flags.downstream, flags, reader, ctx);
    else await printLineage(toQuery(symbol, dataset, flags), flags, reader, ctx);
    return exitCode.done;
  } finally {
    await reader.close();
  }
}

async function printLineage(query: LineageQuery, flags: Flags, reader: LakeReader, ctx: CliContext): Promise<void> {
  const result = await queryLineage(reader, query);
  if (result.datasets.length === 0) await suggestSymbol(query.symbol, reader, ctx);
  else if (query.runId !== undefined)
    await warnRecordRemoved(query.runId, result.datasets[0]?.windows[0]?.pipeline.name, ctx);
  if (flags.json === true) ctx.printJson(toLineageDocument(result));
  else if (flags.mermaid === true) ctx.print(renderLineageMermaid(result));
  else if (flags.html === true) ctx.print(renderLineageHtml(result));
  else ctx.print(formatLineageTree(result, { all: flags.all === true }));
}

/** Suggests a symbol of the lake for an unknown one. */
async function suggestSymbol(symbol: string, reader: LakeReader, ctx: CliContext): Promise<void> {
  const known = new Set<string>();
  for (const { series } of (await reader.readState()).series()) known.add(parseSeriesName(series).symbol);
  if (known.has(symbol)) return;
  const suggestion = closestMatch(symbol, known);
  if (suggestion !== null) ctx.info(`did you mean ${suggestion}?`);
  else if (known.size > 0 && known.size <= 12) ctx.info(`known symbols: ${[...known].sort().join(', ')}`);
}

async function printSources(
  symbol: string | undefined,
  dataset: Dataset | undefined,
  flags: Flags,
  reader: LakeReader,
  ctx: CliContext,
): Promise<void> {
  const filter = {
    ...omitUndefined({ symbol }),
    ...(dataset === undefined ? {} : { datasets: [dataset] }),
  };
  const found = await summarizeSources(reader.readFacts(filter));
  // User tables belong to no symbol, so they are listed only without a filter.
  const userTables =
    symbol === undefined && dataset === undefined ? (await readUserTablesState(ctx.dataFolder)).tables : [];
  if (flags.json === true) ctx.printJson([...toSourcesDocument(found), ...toUserTablesDocument(userTables)]);
  else ctx.print(`${formatSources(found)}${formatUserTables(userTables)}`);
}

async function printDownstream(
  symbol: string,
  source: string,
  flags: Flags,
  reader: LakeReader,
  ctx: CliContext,
): Promise<void> {
  const facts: CommittedFact[] = [];
  for await (const fact of reader.readFacts({ symbol })) facts.push(fact);
  const root = source.includes('/') ? { request: source } : { dataset: parseDataset(source) ?? 'contracts' };
  const found = findDownstream(symbol, facts, root);
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

function parseDataset(name: string | undefined): Dataset | undefined {
  if (name === undefined) return undefined;
  const found = datasets.find((dataset) => dataset === name);
  if (found !== undefined) return found;
  const suggestion = closestMatch(name, datasets);
  throw new CliError(
    exitCode.usage,
    `no table ${name} in the lake`,
    suggestion === null ? `known tables: ${datasets.join(', ')}` : `did you mean ${suggestion}?`,
  );
}
