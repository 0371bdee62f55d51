import { escapePart } from '../../core/series.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { CommittedFact, FactFilter } from '../api.js';
import { corruptCommitError, readCommit } from '../delta/commit-file.js';
import { findVersionsFrom } from '../delta/log-listing.js';
import { isDamage, LakeError } from '../lake-error.js';
import { parseCommit } from './parse-commit.js';

/**
 * Every fact in a table's log that passes the filter, oldest first. A commit whose bytes do not contain the symbol or the run is
 * not parsed, and only matching facts of the others become objects. A damaged commit is reported and skipped.
 */
export async function* readFacts(
  tableFolder: string,
  dataset: Dataset,
  filter: FactFilter,
  onDamage: (error: LakeError) => void = throwError,
): AsyncGenerator<CommittedFact, void, undefined> {
  if (filter.datasets?.includes(dataset) === false) return;
  const symbol = filter.symbol === undefined ? undefined : escapePart(filter.symbol);
  const needles = [
    ...(symbol === undefined ? [] : [JSON.stringify(symbol).slice(0, -1)]),
    ...(filter.runId === undefined ? [] : [JSON.stringify(filter.runId)]),
  ];
  const { first, last } = filter.versions ?? { first: 0, last: Infinity };
  for (let version = first; version <= last; version++) {
    const read = await readOrReport(tableFolder, version, onDamage);
    if (read === 'end') return;
    if (read === 'damaged' || !needles.every((text) => read.includes(text))) continue;
    const { author, committedAt, groups } = parseCommit(read, tableFolder, version, 'skip');
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

function throwError(error: LakeError): never {
  throw error;
}

async function readOrReport(
  tableFolder: string,
  version: number,
  onDamage: (error: LakeError) => void,
): Promise<Buffer | 'end' | 'damaged'> {
  try {
    const content = await readCommit(tableFolder, version);
    if (content !== null) return content;
    const later = await findVersionsFrom(tableFolder, version);
    if (later.length === 0) return 'end';
    // Another process may have added the commit since this one looked for it.
    if (later.includes(version)) return (await readCommit(tableFolder, version)) ?? 'damaged';
    throw corruptCommitError(tableFolder, version, 'this commit is missing while later ones exist');
  } catch (error) {
    if (!(error instanceof LakeError) || !isDamage(error)) throw error;
    onDamage(error);
    return 'damaged';
  }
}

function matchesSymbol(key: string, symbol: string): boolean {
  return key === symbol || (key.startsWith(symbol) && key[symbol.length] === '/');
}
