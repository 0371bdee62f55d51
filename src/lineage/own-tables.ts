import { isoInstant } from '../core/time.js';
import { plural } from '../core/words.js';
import type { OwnTable } from '../lake/contract.js';

/** What tables of users' own were made from, for `--json`. */
export function ownTablesDocument(tables: readonly OwnTable[]): readonly object[] {
  return tables.map(({ dataset, rows, version, columns, origin }) => ({
    provider: null,
    dataset,
    rows,
    version,
    columns,
    ...(origin === null
      ? {}
      : {
          pipeline: origin.pipeline,
          step: origin.step,
          runId: origin.runId,
          at: isoInstant(origin.at),
          inputs: origin.inputs,
        }),
  }));
}

/** The same in words. */
export function ownTablesText(tables: readonly OwnTable[]): string {
  if (tables.length === 0) return '';
  const lines = tables.flatMap(({ dataset, rows, version, origin }) => [
    `  ${dataset}  ${plural(rows, 'row')}, version ${version}`,
    ...(origin === null
      ? ['    written by some other program']
      : [
          `    by step ${origin.step} of ${origin.pipeline}, run ${origin.runId}, ${isoInstant(origin.at)}`,
          `    from ${inputsText(origin.inputs)}`,
        ]),
  ]);
  return `${["steps of one's own", ...lines].join('\n')}\n`;
}

function inputsText(inputs: Readonly<Record<string, number>>): string {
  const named = Object.entries(inputs).map(([table, version]) => `${table} version ${String(version)}`);
  return named.length === 0 ? 'no table' : named.join(', ');
}
