import { escapePart } from '../../core/series.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { CommittedFact, FactFilter } from '../api.js';
import { readCommit } from '../delta/commit-file.js';
import { expectLogEnd } from '../delta/log-listing.js';
import { parseCommit } from './parse-commit.js';

/**
 * Every fact in a table's log that passes the filter, oldest first. A commit whose bytes do not contain the symbol or the run is
 * not parsed, and only matching facts of the others become objects.
 */
export async function* readFacts(
  tableFolder: string,
  dataset: Dataset,
  filter: FactFilter,
): AsyncGenerator<CommittedFact, void, undefined> {
  if (filter.datasets?.includes(dataset) === false) return;
  const symbol = filter.symbol === undefined ? undefined : escapePart(filter.symbol);
  const needles = [
    ...(symbol === undefined ? [] : [JSON.stringify(symbol).slice(0, -1)]),
    ...(filter.runId === undefined ? [] : [JSON.stringify(filter.runId)]),
  ];
  for (let version = 0; ; version++) {
    const content = await readCommit(tableFolder, version);
    if (content === null) {
      await expectLogEnd(tableFolder, version === 0 ? null : version - 1);
      return;
    }
    if (!needles.every((text) => content.includes(text))) continue;
    const { author, committedAt, groups } = parseCommit(content, tableFolder, version, 'skip');
    if (author === null || (filter.runId !== undefined && author.runId !== filter.runId)) continue;
    for (const { size, step, key, fact, zone } of groups) {
      const timeZone = zone === null ? {} : { timeZone: zone };
      for (let row = 0; row < size; row++) {
        if (symbol !== undefined && !matchesSymbol(key(row), symbol)) continue;
        yield { ...fact(row), dataset, version, committedAt, step, author, ...timeZone };
      }
    }
  }
}

function matchesSymbol(key: string, symbol: string): boolean {
  return key === symbol || (key.startsWith(symbol) && key[symbol.length] === '/');
}
