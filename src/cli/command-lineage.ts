import type { Command } from 'commander';

import { nearest } from '../core/nearest.js';
import { partsOfSeriesName } from '../core/series.js';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import { addDays } from '../core/time.js';
import type { CommittedFact, LakeReader } from '../lake/contract.js';
import { readOwnKnowledge } from '../lake/own/own-knowledge.js';
import { openLakeReader } from '../lake/reader.js';
import { lineageDocument } from '../lineage/answer-json.js';
import { lineageOf } from '../lineage/answer.js';
import type { LineageQuestion } from '../lineage/answer.js';
import { downstreamDocument, downstreamOf, downstreamText } from '../lineage/downstream.js';
import { lineageHtml } from '../lineage/html.js';
import { lineageMermaid } from '../lineage/mermaid.js';
import { ownTablesDocument, ownTablesText } from '../lineage/own-tables.js';
import { sourcesDocument, sourcesOf, sourcesText } from '../lineage/sources.js';
import { lineageTree } from '../lineage/tree.js';
import { dateOption } from './date-option.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { noteRemoval } from './no-record.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

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
    .description('Say where data came from: run, request, provider, pipeline, and what led to it')
    .argument('[symbol]', 'a symbol as the pipeline names it')
    .option('--dataset <name>', `only this table (${datasets.join(', ')})`)
    .option('--from <date>', 'only windows that reach into this date or later (UTC)')
    .option('--to <date>', 'only windows that begin on this date or earlier (UTC)')
    .option('--run <id>', 'only what this run brought')
    .option('--all', 'every window and every series instead of what they come to')
    .option('--sources', 'every source that the lake (or the symbol) came from')
    .option(
      '--downstream [what]',
      'what was built on a table of the symbol (contracts or chains; contracts when left out) or on one request id',
    )
    .option('--json', 'one JSON document on stdout')
    .option('--mermaid', 'a Mermaid flowchart')
    .option('--html', 'one self-contained page')
    .action((symbol: string | undefined, flags: Flags) => run((at) => lineage(symbol, flags, at)));
}

async function lineage(symbol: string | undefined, flags: Flags, at: Surroundings): Promise<ExitCode> {
  const dataset = datasetOf(flags.dataset);
  const reader = await openLakeReader(at.dataFolder);
  try {
    if (flags.sources === true) await tellSources(symbol, dataset, flags, reader, at);
    else if (symbol === undefined)
      throw new Stop(exitCode.usage, 'which symbol?', 'pipe lineage AAPL, or pipe lineage --sources');
    else if (flags.downstream !== undefined)
      await tellDownstream(symbol, flags.downstream === true ? 'contracts' : flags.downstream, flags, reader, at);
    else await tellLineage(questionOf(symbol, dataset, flags), flags, reader, at);
    return exitCode.done;
  } finally {
    await reader.close();
  }
}

async function tellLineage(
  question: LineageQuestion,
  flags: Flags,
  reader: LakeReader,
  at: Surroundings,
): Promise<void> {
  const answer = await lineageOf(reader, question);
  if (answer.datasets.length === 0) await hintAtSymbol(question.symbol, reader, at);
  else if (question.runId !== undefined)
    await noteRemoval(question.runId, answer.datasets[0]?.windows[0]?.pipeline.name, at);
  if (flags.json === true) at.json(lineageDocument(answer));
  else if (flags.mermaid === true) at.answer(lineageMermaid(answer));
  else if (flags.html === true) at.answer(lineageHtml(answer));
  else at.answer(lineageTree(answer, { all: flags.all === true }));
}

/** Most likely the symbol was written in another way than the lake knows it. */
async function hintAtSymbol(symbol: string, reader: LakeReader, at: Surroundings): Promise<void> {
  const known = new Set<string>();
  for (const { series } of (await reader.state()).series()) known.add(partsOfSeriesName(series).symbol);
  if (known.has(symbol)) return;
  const near = nearest(symbol, known);
  if (near !== null) at.note(`did you mean ${near}?`);
  else if (known.size > 0 && known.size <= 12) at.note(`the lake knows ${[...known].sort().join(', ')}`);
}

async function tellSources(
  symbol: string | undefined,
  dataset: Dataset | undefined,
  flags: Flags,
  reader: LakeReader,
  at: Surroundings,
): Promise<void> {
  const filter = {
    ...(symbol === undefined ? {} : { symbol }),
    ...(dataset === undefined ? {} : { datasets: [dataset] }),
  };
  const found = await sourcesOf(reader.facts(filter));
  // Tables of one's own hold no symbol and no table of the lake: they are told where the whole lake is asked about.
  const own = symbol === undefined && dataset === undefined ? (await readOwnKnowledge(at.dataFolder)).tables : [];
  if (flags.json === true) at.json([...sourcesDocument(found), ...ownTablesDocument(own)]);
  else at.answer(`${sourcesText(found)}${ownTablesText(own)}`);
}

async function tellDownstream(
  symbol: string,
  of: string,
  flags: Flags,
  reader: LakeReader,
  at: Surroundings,
): Promise<void> {
  const facts: CommittedFact[] = [];
  for await (const fact of reader.facts({ symbol })) facts.push(fact);
  const root = of.includes('/') ? { request: of } : { dataset: datasetOf(of) ?? 'contracts' };
  const found = downstreamOf(symbol, facts, root);
  if (flags.json === true) at.json(downstreamDocument(found));
  else at.answer(downstreamText(found, { all: flags.all === true }));
}

function questionOf(symbol: string, dataset: Dataset | undefined, flags: Flags): LineageQuestion {
  const from = dateOption('--from', flags.from);
  const to = dateOption('--to', flags.to);
  return {
    symbol,
    ...(dataset === undefined ? {} : { datasets: [dataset] }),
    ...(from === null ? {} : { from: Date.parse(`${from}T00:00:00Z`) }),
    ...(to === null ? {} : { to: Date.parse(`${addDays(to, 1)}T00:00:00Z`) }),
    ...(flags.run === undefined ? {} : { runId: flags.run }),
  };
}

function datasetOf(name: string | undefined): Dataset | undefined {
  if (name === undefined) return undefined;
  const found = datasets.find((dataset) => dataset === name);
  if (found !== undefined) return found;
  const near = nearest(name, datasets);
  throw new Stop(
    exitCode.usage,
    `there is no table ${name}`,
    near === null ? `there are ${datasets.join(', ')}` : `did you mean ${near}?`,
  );
}
