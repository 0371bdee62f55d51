import { joinLines } from '../../platform/text/escape.js';
import { formatInstant } from '../../core/time/time.js';
import { formatTimeSeconds } from '../../core/time/zoned-time.js';
import { pluralize } from '../../platform/format.js';
import type { TableVersions } from '../../core/tables/user-tables.js';
import type { UserTable } from '../../lake/api.js';

/** The origin of user tables as JSON. */
export function toUserTablesDocument(tables: readonly UserTable[]): readonly object[] {
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
          at: formatInstant(origin.at),
          inputs: origin.inputs,
        }),
  }));
}

/** The origin of user tables as text. */
export function formatUserTables(tables: readonly UserTable[]): string {
  if (tables.length === 0) return '';
  const lines = tables.flatMap(({ dataset, rows, version, origin }) => [
    `  ${dataset}  ${pluralize(rows, 'row')}, version ${version}`,
    ...(origin === null
      ? ['    written by another program']
      : [
          `    by step ${origin.step} of ${origin.pipeline}, run ${origin.runId}, ${formatTimeSeconds(origin.at)}`,
          `    from ${formatInputs(origin.inputs)}`,
        ]),
  ]);
  return joinLines(['custom steps', ...lines]);
}

function formatInputs(inputs: TableVersions): string {
  const inputNames = Object.entries(inputs).map(([table, version]) =>
    version === null ? `${table} without rows` : `${table} version ${String(version)}`,
  );
  return inputNames.length === 0 ? 'no input table' : inputNames.join(', ');
}
