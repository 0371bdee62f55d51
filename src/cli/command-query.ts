import type { Command } from 'commander';

import { nearest } from '../core/nearest.js';
import { datasets } from '../core/tables.js';
import { ownTableNames } from '../lake/own/own-folders.js';
import { QueryError } from '../lake/query.js';
import { openLakeReader } from '../lake/reader.js';
import type { QueryResult } from '../lake/contract.js';
import { plural } from '../core/words.js';
import { columns } from '../report/columns.js';
import { cellText } from './cell-text.js';
import { csvText } from './csv-text.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

interface Flags {
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function defineQuery(command: Command, run: RunAction): void {
  command
    .command('query')
    .description('Run one SQL statement (DuckDB) over the tables of the lake, read-only')
    .argument('<sql>', `such as "SELECT symbol, max(session) FROM equity_bars GROUP BY symbol"`)
    .option('--json', 'an array of row objects on stdout')
    .option('--csv', 'comma-separated values on stdout')
    .action((sql: string, flags: Flags) => run((at) => query(sql, flags, at)));
}

async function query(sql: string, flags: Flags, at: Surroundings): Promise<ExitCode> {
  const reader = await openLakeReader(at.dataFolder);
  try {
    const result = await reader.query(sql).catch(async (error: unknown) => {
      throw withTables(error, await ownTableNames(at.dataFolder));
    });
    for (const { dataset, path, problem } of result.leftOut) {
      at.complain(at.notePaint('warn', `${dataset}: ${path} is damaged (${problem}); the answer lacks its rows`));
    }
    if (flags.json === true) at.json(result.rows);
    else if (flags.csv === true) at.answer(csvText(result.columns, result.rows));
    else at.answer(tableText(result, at));
    return exitCode.done;
  } finally {
    await reader.close();
  }
}

/** A wrong table is told in the words of the lake: DuckDB proposes tables of its own that nobody has heard of. */
function withTables(error: unknown, own: readonly string[]): unknown {
  const name =
    error instanceof QueryError
      ? /^Catalog Error: Table with name (\S+) does not exist/.exec(error.message)?.[1]
      : undefined;
  if (name === undefined) return error;
  const all = [...datasets, ...own, 'facts'];
  const near = nearest(name, all);
  const known = `the lake has ${all.join(', ')}`;
  return new Stop(
    exitCode.usage,
    `there is no table ${name}`,
    near === null ? known : `did you mean ${near}? (${known})`,
  );
}

function tableText(result: QueryResult, at: Surroundings): string {
  const numeric = result.columns.map((name) =>
    result.rows.every((row) => row[name] === null || typeof row[name] === 'number'),
  );
  const head = result.columns.map((text) => ({ text, paint: (own: string) => at.paint('quiet', own) }));
  const rows = result.rows.map((row) => result.columns.map((name) => ({ text: cellText(row[name]) })));
  const lines = columns(
    [head, ...rows],
    numeric.map((right) => (right && result.rows.length > 0 ? 'right' : 'left')),
    2,
  );
  return `${lines.join('\n')}\n${at.paint('quiet', plural(result.rows.length, 'row'))}\n`;
}
