import { addFolderOptions } from '../../../app/folder-options.js';
import type { FolderContext } from '../../../app/folder-options.js';
import type { UserTableOrigin } from '../../../app/proof/why-user-table.js';
import { shellQuote } from '../../../scheduler/system/scheduled-job.js';
import { formatTimeSeconds } from '../../../core/time/zoned-time.js';
import { formatInstant } from '../../../core/time/time.js';
import { pluralize } from '../../../platform/format.js';
import { escapeLine, formatJson, joinLines } from '../../../platform/text/escape.js';

/** Explains a row of a custom step's table in about five lines. */
export function formatUserTableOrigin({ query, row, table, inputs }: UserTableOrigin, folders: FolderContext): string {
  const { symbol, date, column } = query;
  const shown = column === null ? row : (row?.[column] ?? null);
  const head = `${symbol} ${date}${column === null ? '' : ` ${column}`}`;
  const { origin, dataset } = table;
  return joinLines([
    row === null
      ? `${head}: no row in ${dataset}`
      : `${head} = ${escapeLine(typeof shown === 'string' ? shown : formatJson(shown))}   ${dataset}`,
    origin === null
      ? '  written  by another program'
      : `  computed by step ${origin.step} of pipeline ${origin.pipeline}, run ${origin.runId}, ${formatTimeSeconds(origin.at)}`,
    `  table    version ${String(table.version)}, ${pluralize(table.rows, 'row')}; each run replaces the whole table`,
    ...inputs.map(
      ({ table: input, version, now }) =>
        `  from     ${input} version ${String(version)}${now === version ? '' : `, which is now at ${String(now)}: the next run computes it again`}; ${addFolderOptions('pipe why', folders)} ${shellQuote(symbol)} ${date} --table ${shellQuote(input)}`,
    ),
  ]);
}

export function toUserTableDocument({ query, row, table, inputs }: UserTableOrigin): object {
  const { origin } = table;
  return {
    symbol: query.symbol,
    date: query.date,
    table: table.dataset,
    column: query.column,
    value: query.column === null ? null : (row?.[query.column] ?? null),
    row,
    version: table.version,
    computed: origin === null ? null : { ...origin, at: formatInstant(origin.at) },
    inputs,
  };
}
