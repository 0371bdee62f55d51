import { parseSeriesName } from '../../core/series.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { CommittedFact, LakeReader, UserTable } from '../../lake/api.js';
import { readUserTablesState } from '../../lake/user-tables/user-tables-state.js';
import { findDownstream } from '../../lineage/answers/downstream.js';
import type { Downstream, DownstreamSelector } from '../../lineage/answers/downstream.js';
import { summarizeSources } from '../../lineage/answers/lineage-sources.js';
import type { LineageSource } from '../../lineage/answers/lineage-sources.js';
import { queryLineage } from '../../lineage/answers/query-lineage.js';
import type { LineageQuery, LineageResult } from '../../lineage/answers/query-lineage.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { CliError } from '../cli-error.js';
import type { Folders } from '../context.js';
import { exitCode } from '../exit-code.js';
import { withLakeReader } from '../lake-reader.js';
import { createUnknownSymbolError } from '../queries/unknown-symbol.js';

type LakeFolder = Pick<Folders, 'dataFolder'>;

/** The lineage of a symbol. */
export interface FoundLineage {
  readonly result: LineageResult;
  /** The lake has data for the symbol, but none that the query selects. */
  readonly isFilteredOut: boolean;
}

/** The lineage of a symbol; an unknown symbol ends the command. */
export function readLineageOrExit(query: LineageQuery, ctx: LakeFolder): Promise<FoundLineage> {
  return withLakeReader(ctx, async (reader) => {
    const result = await queryLineage(reader, query);
    const isFilteredOut = result.datasets.length === 0;
    if (isFilteredOut) await requireSymbol(query.symbol, reader);
    return { result, isFilteredOut };
  });
}

/** Ends the command if the lake has nothing of a symbol. */
export async function requireSymbol(symbol: string, reader: LakeReader): Promise<void> {
  const known = await readSymbols(reader);
  if (!known.has(symbol)) throw createUnknownSymbolError(symbol, known);
}

async function readSymbols(reader: LakeReader): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const { series } of (await reader.readState()).series()) known.add(parseSeriesName(series).symbol);
  return known;
}

/** The providers of the lake, and its user tables if nothing is selected. */
export interface LakeSources {
  readonly sources: readonly LineageSource[];
  readonly userTables: readonly UserTable[];
}

/** Selects providers by symbol or table; without both, all of the lake. */
export interface SourceFilter {
  readonly symbol: string | undefined;
  readonly dataset: Dataset | undefined;
}

/** The providers of the lake, of a symbol or of a table; an unknown symbol ends the command. */
export function readSourcesOrExit({ symbol, dataset }: SourceFilter, ctx: LakeFolder): Promise<LakeSources> {
  return withLakeReader(ctx, async (reader) => {
    const filter = { ...omitUndefined({ symbol }), ...(dataset === undefined ? {} : { datasets: [dataset] }) };
    const sources = await summarizeSources(reader.readFacts(filter));
    if (symbol !== undefined && sources.length === 0) await requireSymbol(symbol, reader);
    // User tables belong to no symbol, so they are listed only without a filter.
    const isFiltered = symbol !== undefined || dataset !== undefined;
    return { sources, userTables: isFiltered ? [] : (await readUserTablesState(ctx.dataFolder)).tables };
  });
}

/** The data of a symbol that is built on a table or on a request; an unknown symbol or request ends the command. */
export function readDownstreamOrExit(
  symbol: string,
  selector: DownstreamSelector,
  ctx: LakeFolder,
): Promise<Downstream> {
  return withLakeReader(ctx, async (reader) => {
    const facts: CommittedFact[] = [];
    for await (const fact of reader.readFacts({ symbol })) facts.push(fact);
    if (facts.length === 0) await requireSymbol(symbol, reader);
    const found = findDownstream(symbol, facts, selector);
    if ('request' in selector && found.roots.length === 0) {
      const hint = `pipe lineage ${symbol} --all --json names the requests`;
      throw new CliError(exitCode.usage, `no request ${selector.request} of ${symbol} in this lake`, hint);
    }
    return found;
  });
}
