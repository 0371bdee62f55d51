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
import type { Folders } from '../context.js';
import { withLakeReader } from '../lake-reader.js';

type LakeFolder = Pick<Folders, 'dataFolder'>;

/** The lineage of a symbol. */
export interface FoundLineage {
  readonly result: LineageResult;
  /** The symbols of the lake when it has no data of the query; null otherwise. */
  readonly knownSymbols: ReadonlySet<string> | null;
}

export function readLineage(query: LineageQuery, ctx: LakeFolder): Promise<FoundLineage> {
  return withLakeReader(ctx, async (reader) => {
    const result = await queryLineage(reader, query);
    return { result, knownSymbols: result.datasets.length === 0 ? await readSymbols(reader) : null };
  });
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

export function readSources({ symbol, dataset }: SourceFilter, ctx: LakeFolder): Promise<LakeSources> {
  return withLakeReader(ctx, async (reader) => {
    const filter = { ...omitUndefined({ symbol }), ...(dataset === undefined ? {} : { datasets: [dataset] }) };
    const sources = await summarizeSources(reader.readFacts(filter));
    // User tables belong to no symbol, so they are listed only without a filter.
    const isFiltered = symbol !== undefined || dataset !== undefined;
    return { sources, userTables: isFiltered ? [] : (await readUserTablesState(ctx.dataFolder)).tables };
  });
}

/** The data of a symbol that is built on a table or on a request. */
export function readDownstream(symbol: string, selector: DownstreamSelector, ctx: LakeFolder): Promise<Downstream> {
  return withLakeReader(ctx, async (reader) => {
    const facts: CommittedFact[] = [];
    for await (const fact of reader.readFacts({ symbol })) facts.push(fact);
    return findDownstream(symbol, facts, selector);
  });
}
