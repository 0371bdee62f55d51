// Writes the types and the validators of pipelines and scenarios from schemas/, their only source.
// With --check it writes nothing and fails when what is there is not what it would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { compile } from 'json-schema-to-typescript';

/** The kinds of files that have a schema, with the name of their type. Each has a room of its own in `src`. */
const kinds = { pipeline: 'PipelineFile', scenario: 'ScenarioFile' };

/** The keys of every object of the schema, by its title, so that a misplaced key can be told where it belongs. */
function keysByTitle(node, found = {}) {
  if (node === null || typeof node !== 'object') return found;
  if (typeof node.title === 'string' && node.properties !== undefined) {
    const keys = Object.keys(node.properties).sort();
    if (found[node.title] !== undefined && String(found[node.title]) !== String(keys)) {
      throw new Error(`two different objects of the schema are called "${node.title}"`);
    }
    found[node.title] = keys;
  }
  for (const [key, child] of Object.entries(node)) {
    if (!['examples', 'default', 'enum', 'required'].includes(key)) keysByTitle(child, found);
  }
  return found;
}

/** A copy without the keywords that `leavesOut` names; it sees no name of a property or a definition as a keyword. */
function without(leavesOut, node) {
  if (node === null || typeof node !== 'object') return node;
  if (Array.isArray(node)) return node.map((item) => without(leavesOut, item));
  const named = (map) =>
    Object.fromEntries(Object.entries(map).map(([name, child]) => [name, without(leavesOut, child)]));
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => !leavesOut(key, value))
      .map(([key, value]) => [
        key,
        key === 'properties' || key === 'definitions' ? named(value) : without(leavesOut, value),
      ]),
  );
}

/** What is generated of one kind of file, by path. */
async function outputsOf(kind, typeName) {
  const source = `schemas/${kind}.schema.json`;
  const schema = JSON.parse(readFileSync(source, 'utf8'));
  const notice = `// Generated from ${source} by \`npm run schema\`; change that file and run it again.`;
  return {
    [`src/config/${kind}/schema.generated.ts`]: `${await typesOf(schema, typeName, notice)}\n${keysOf(schema)}`,
    [`src/config/${kind}/validator.generated.ts`]: validatorOf(schema, typeName, notice),
  };
}

// As names of types the titles would make a `Duration1` of every use; the definitions have names of their own. An `anyOf`
// that only requires one of two keys is nothing that types can say.
function typesOf(schema, typeName, notice) {
  const forTypes = without(
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

function keysOf(schema) {
  return (
    '/** The keys that each object of the schema knows, by its title. */\n' +
    'export const schemaKeys: Readonly<Record<string, readonly string[]>> = ' +
    `${JSON.stringify(keysByTitle(schema), null, 2)};\n`
  );
}

function validatorOf(schema, typeName, notice) {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    // `anyOf: [{ required: [symbol] }, { required: [file] }]` names properties that are declared one level up.
    strictRequired: false,
    // The value of a column may be of any simple type.
    allowUnionTypes: true,
    discriminator: true,
    // Errors carry the part of the schema they come from, with the title that messages name it by.
    verbose: true,
    messages: false,
    code: { source: true, esm: true, lines: true },
  });
  // The texts for people would only make the code larger, which is read at every start.
  const forValidation = without((key) => ['description', 'examples', 'default'].includes(key), schema);
  // Ajv copies all errors so far for every error that is added, which makes ten thousand bad symbols take seconds.
  const compiled = standaloneCode(ajv, ajv.compile(forValidation)).replaceAll(
    /vErrors\.concat\((\w+)\.errors\)/g,
    'appended(vErrors, $1.errors)',
  );
  if (!compiled.includes('appended(') || compiled.includes('.concat('))
    throw new Error('Ajv joins errors in another way now');
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

const isCheck = process.argv.includes('--check');
for (const [kind, typeName] of Object.entries(kinds)) {
  for (const [path, text] of Object.entries(await outputsOf(kind, typeName))) {
    if (!isCheck) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text) {
      process.stderr.write(`${path} is not what the schema says; run: npm run schema\n`);
      process.exitCode = 1;
    }
  }
}
