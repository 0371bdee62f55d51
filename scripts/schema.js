// Generates the types of pipelines and scenarios, and what the validator reads, from schemas/. They are build products and not in git.
// scripts/build.js calls it before every build; `node scripts/schema.js` generates without a build.
// --if-stale generates only after a change of a schema, of this script or of package.json.
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Kinds of files with a schema, and the names of their types. Each kind is a folder of src/config/. */
const kinds = { pipeline: 'PipelineFile', scenario: 'ScenarioFile' };

/** Generates the files of every kind; with `ifStale` only those that are missing or older than their sources. */
export async function generateSchemas({ ifStale = false } = {}) {
  for (const [kind, typeName] of Object.entries(kinds)) {
    const output = join(root, `src/config/${kind}/schema.generated.ts`);
    const inputs = [`schemas/${kind}.schema.json`, 'scripts/schema.js', 'package.json'].map((path) => join(root, path));
    if (ifStale && getModifiedTime(output) > Math.max(...inputs.map(getModifiedTime))) continue;
    replaceFile(output, await generateKind(kind, typeName));
  }
}

/** Zero for a missing file, so that it counts as stale. */
function getModifiedTime(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Replaces a file atomically: test runs and builds may generate at the same time. */
function replaceFile(path, text) {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Returns the text of the types and of the schema. The generator is loaded only here: loading it is slow. */
async function generateKind(kind, typeName) {
  const source = `schemas/${kind}.schema.json`;
  const schema = JSON.parse(readFileSync(join(root, source), 'utf8'));
  const notice = `// Generated from ${source} by scripts/schema.js; do not edit.`;
  const types = await generateTypes(schema, typeName, notice);
  return `${types}\n${generateKeys(schema)}\n${generateSchema(schema)}`;
}

/** Collects the keys of every object of the schema by its title, so that messages can say where a misplaced key belongs. */
function collectKeys(node, found = {}) {
  if (node === null || typeof node !== 'object') return found;
  if (typeof node.title === 'string' && node.properties !== undefined) {
    const keys = Object.keys(node.properties).sort();
    if (found[node.title] !== undefined && String(found[node.title]) !== String(keys)) {
      throw new Error(`two objects of the schema have the title "${node.title}" and different keys`);
    }
    found[node.title] = keys;
  }
  for (const [key, child] of Object.entries(node)) {
    if (!['examples', 'default', 'enum', 'required'].includes(key)) collectKeys(child, found);
  }
  return found;
}

/** Copies a schema without some keywords; names of properties and definitions are not keywords. */
function omitKeywords(isOmitted, node) {
  if (node === null || typeof node !== 'object') return node;
  if (Array.isArray(node)) return node.map((item) => omitKeywords(isOmitted, item));
  const copyMembers = (map) =>
    Object.fromEntries(Object.entries(map).map(([name, child]) => [name, omitKeywords(isOmitted, child)]));
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => !isOmitted(key, value))
      .map(([key, value]) => [
        key,
        key === 'properties' || key === 'definitions' ? copyMembers(value) : omitKeywords(isOmitted, value),
      ]),
  );
}

// Titles would become type names (`Duration1`); definitions already have names. Types cannot express an `anyOf` of `required`.
async function generateTypes(schema, typeName, notice) {
  const { compile } = await import('json-schema-to-typescript');
  const forTypes = omitKeywords(
    (key, value) =>
      ['title', 'examples', 'default'].includes(key) ||
      (key === 'anyOf' && value.every((branch) => Object.keys(branch).join() === 'required')),
    schema,
  );
  return compile({ ...forTypes, title: typeName }, typeName, {
    bannerComment: notice,
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 120, trailingComma: 'all' },
  });
}

function generateKeys(schema) {
  return (
    '/** Keys of every object of the schema, by its title. */\n' +
    'export const schemaKeys: Readonly<Record<string, readonly string[]>> = ' +
    `${JSON.stringify(collectKeys(schema), null, 2)};\n`
  );
}

/** The keywords that src/config/yaml/json-schema.ts checks; the others are for readers. */
const checkedKeywords = new Set([
  ...['$ref', 'type', 'enum', 'const', 'pattern', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['items', 'minItems', 'maxItems', 'anyOf', 'oneOf', 'discriminator', 'definitions'],
  ...['properties', 'additionalProperties', 'propertyNames', 'required', 'minProperties', 'maxProperties'],
]);
const readerKeywords = ['$schema', '$id', 'title', 'description', 'examples', 'default', 'propertyName'];

/** Returns the schema without the texts that no message uses: it is loaded at every start. */
function generateSchema(schema) {
  const used = new Set();
  const compact = omitKeywords((key) => {
    used.add(key);
    return ['$schema', '$id', 'description', 'examples', 'default'].includes(key);
  }, schema);
  const unknown = [...used].filter((key) => !checkedKeywords.has(key) && !readerKeywords.includes(key));
  if (unknown.length > 0)
    throw new Error(`src/config/yaml/json-schema.ts does not check ${unknown.join(', ')} of JSON Schema`);
  return `/** The schema without its texts for readers. */
export const compactSchema: Readonly<Record<string, unknown>> = ${JSON.stringify(compact)};
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await generateSchemas({ ifStale: process.argv.includes('--if-stale') });
}
