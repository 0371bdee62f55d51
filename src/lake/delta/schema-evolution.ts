import { isRecord, parseJson } from '../../platform/json.js';
import type { Dataset } from '../../core/tables/tables.js';
import { LakeError, malformedError } from '../lake-error.js';
import type { Metadata } from './actions.js';
import { schemaFields } from './schema.js';

/**
 * The metadata of a table with its missing columns appended; null if it has all columns. Existing files stay as they are, and
 * readers find null in their new columns.
 *
 * Throws a `LakeError` if the log has columns that this program does not know: files that it rewrites would lose them.
 */
export function evolveMetadata(dataset: Dataset, metadata: Metadata, location: string): Metadata | null {
  const fields = parseFields(metadata, location);
  expectKnownColumns(dataset, fields, location);
  const existing = new Set(fields.map(({ name }) => name));
  const newFields = schemaFields(dataset).filter(({ name }) => !existing.has(name));
  if (newFields.length === 0) return null;
  return { ...metadata, schemaString: JSON.stringify({ type: 'struct', fields: [...fields, ...newFields] }) };
}

interface Field {
  readonly name: string;
  readonly type: unknown;
}

function parseFields({ schemaString }: Metadata, location: string): readonly Field[] {
  const schema = parseJson(schemaString);
  const fields = isRecord(schema) ? schema['fields'] : undefined;
  if (!Array.isArray(fields)) throw malformedError(location, 'the schema of the table is not valid');
  return fields.map((field: unknown): Field => {
    if (!isRecord(field) || typeof field['name'] !== 'string')
      throw malformedError(location, 'the schema of the table has a column without a name');
    return { ...field, name: field['name'], type: field['type'] };
  });
}

function expectKnownColumns(dataset: Dataset, fields: readonly Field[], location: string): void {
  const types = new Map(schemaFields(dataset).map(({ name, type }) => [name, type]));
  const unknown = fields.filter(({ name, type }) => types.get(name) !== type);
  if (unknown.length === 0) return;
  const names = unknown.map(({ name, type }) => `${name} (${typeof type === 'string' ? type : 'nested'})`);
  throw new LakeError(
    'newer',
    location,
    `${location}: the table has columns that this version of pipe does not know: ${names.join(', ')}`,
    'update pipe to the version that last wrote to this lake, which then commits the received results; reading still works',
  );
}
