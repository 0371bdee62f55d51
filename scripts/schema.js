// Generates the types and validators of pipelines and scenarios from schemas/. They are build products and not in git.
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
    const outputs = ['schema', 'validator'].map((name) => join(root, `src/config/${kind}/${name}.generated.ts`));
    const inputs = [`schemas/${kind}.schema.json`, 'scripts/schema.js', 'package.json'].map((path) => join(root, path));
    if (ifStale && Math.min(...outputs.map(getModifiedTime)) > Math.max(...inputs.map(getModifiedTime))) continue;
    const texts = await generateKind(kind, typeName);
    for (const [index, path] of outputs.entries()) replaceFile(path, texts[index]);
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

/** Returns the texts of the types and of the validator. The generators are loaded only here: loading them is slow. */
async function generateKind(kind, typeName) {
  const source = `schemas/${kind}.schema.json`;
  const schema = JSON.parse(readFileSync(join(root, source), 'utf8'));
  const notice = `// Generated from ${source} by scripts/schema.js; do not edit.`;
  const types = await generateTypes(schema, typeName, notice);
  return [`${types}\n${generateKeys(schema)}`, await generateValidator(schema, typeName, notice)];
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

async function generateValidator(schema, typeName, notice) {
  const { Ajv } = await import('ajv');
  const { default: standaloneCode } = await import('ajv/dist/standalone/index.js');
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    // The branches of `anyOf: [{ required: [symbol] }, { required: [file] }]` use properties of the enclosing object.
    strictRequired: false,
    // The value of a column may have any simple type.
    allowUnionTypes: true,
    discriminator: true,
    // Errors contain the violated part of the schema with its title, which messages use.
    verbose: true,
    messages: false,
    code: { source: true, esm: true, lines: true },
  });
  // The validator is loaded at every start, so texts that it does not use are omitted.
  const forValidation = omitKeywords((key) => ['description', 'examples', 'default'].includes(key), schema);
  // Ajv copies the list of errors for every error it adds, which takes seconds for ten thousand invalid symbols.
  const compiled = standaloneCode(ajv, ajv.compile(forValidation)).replaceAll(
    /vErrors\.concat\((\w+)\.errors\)/g,
    'appended(vErrors, $1.errors)',
  );
  if (!compiled.includes('appended(') || compiled.includes('.concat('))
    throw new Error('the code that Ajv generates for joining errors has changed');
  if (/\brequire\(/.test(compiled)) throw new Error('the validator would import Ajv at run time');
  return `${notice}
// @ts-nocheck
/* eslint-disable */
import type { ErrorObject } from 'ajv';
import type { ${typeName} } from './schema.generated.js';

${compiled
  .replace('"use strict";', '')
  .replace(/export default validate\d+;/, '')
  .replace(
    'export const validate = ',
    `export const validate: { (value: unknown): value is ${typeName}; errors?: readonly ErrorObject[] | null } = `,
  )
  .trimStart()}
function appended(errors, more) {
  for (const error of more) errors.push(error);
  return errors;
}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await generateSchemas({ ifStale: process.argv.includes('--if-stale') });
}
