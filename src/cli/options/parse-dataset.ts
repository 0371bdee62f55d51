import { CliError } from '../../app/cli-error.js';
import { exitCode } from '../../app/exit-code.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { closestMatch } from '../../platform/suggest.js';

/**
 * The table of an option or argument; an unknown name ends the command with a suggestion. Tables of custom steps belong to no
 * symbol, so no option can select them.
 */
export function parseDataset(name: string | undefined, userTables: readonly string[]): Dataset | undefined {
  if (name === undefined) return undefined;
  const found = datasets.find((dataset) => dataset === name);
  if (found !== undefined) return found;
  if (userTables.includes(name))
    throw new CliError(
      exitCode.usage,
      `${name} is the table of a custom step, which has no lineage by symbol`,
      'see its inputs with: pipe lineage --sources',
    );
  const known = [...datasets, ...userTables];
  const suggestion = closestMatch(name, known);
  throw new CliError(
    exitCode.usage,
    `no table ${name} in the lake`,
    suggestion === null ? `known tables: ${known.join(', ')}` : `did you mean ${suggestion}?`,
  );
}
