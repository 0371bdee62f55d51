// Writes the reference pages that are generated: settings of pipelines and scenarios from schemas/, events from src/core/events.ts, absence.ts
// and test/docs/event-examples.ts. `--check` writes nothing and fails if a page is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { stringify } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');

/** The generated pages, each with the function that returns its text. */
const pages = {
  'docs/reference/pipeline-schema.md': () =>
    createSchemaPage('pipeline', 'Pipeline settings', [
      'Every setting of a pipeline file. Editors that know JSON Schema complete them: `pipe init` writes the comment that names',
      'the schema. `pipe lint` checks a file.',
    ]),
  'docs/reference/scenario-schema.md': () =>
    createSchemaPage('scenario', 'Scenario settings', [
      'Every setting of a scenario file. [Scenarios](scenarios.md) explains rules and actions and shows which provider supports',
      'which action. `pipe lint` checks a file.',
    ]),
  'docs/reference/events.md': createEventsPage,
};

function createSchemaPage(kind, title, introduction) {
  const source = `schemas/${kind}.schema.json`;
  const schema = JSON.parse(read(source));
  const sections = collectSections(schema);
  const lines = [
    `<!-- Generated from ${source} by scripts/reference.js; do not edit. -->`,
    '',
    `# ${title}`,
    '',
    ...introduction,
    '',
  ];
  for (const section of sections.objects) lines.push(...renderObject(section, schema, sections));
  lines.push('## Kinds of values', '', '| Value | Description | Examples |', '|---|---|---|');
  for (const node of sections.values.values()) {
    lines.push(row([node.title, node.description, (node.examples ?? []).map(code).join(', ')]));
  }
  return `${lines.join('\n')}\n`;
}

/** Finds the objects of a schema, parents first, and the kinds of values that definitions name. */
function collectSections(schema) {
  const objects = [];
  const values = new Map();
  const seen = new Set();
  const visit = (node, path) => {
    const name = refName(node);
    if (name !== null) {
      const target = schema.definitions[name];
      if (seen.has(name)) return;
      seen.add(name);
      if (isValue(target)) {
        if (!('const' in target)) values.set(name, target);
        return;
      }
      return visit({ ...target, definition: name }, path);
    }
    if (node.properties !== undefined) {
      objects.push({ node, path });
      for (const [key, child] of Object.entries(node.properties)) visit(child, path === '' ? key : `${path}.${key}`);
    }
    if (typeof node.additionalProperties === 'object') visit(node.additionalProperties, `${path}.<name>`);
    if (node.items !== undefined) visit(node.items, `${path}[]`);
    for (const branch of node.anyOf ?? node.oneOf ?? []) visit(branch, path);
  };
  visit(schema, '');
  return { objects, values };
}

function isValue(node) {
  return (
    node.properties === undefined && node.items === undefined && node.anyOf === undefined && node.oneOf === undefined
  );
}

function renderObject({ node, path }, schema, sections) {
  const heading = headingOf(node, path);
  const lines = [
    `## ${heading}`,
    '',
    path === '' ? '' : `${path === '' ? '' : `\`${path}\`: `}${node.description}`,
    '',
  ];
  if (path === '') lines.splice(2, 2);
  lines.push('| Setting | Value | Default | Description | Example |', '|---|---|---|---|---|');
  const required = new Set(node.required ?? []);
  for (const [key, child] of Object.entries(node.properties)) {
    const { description, fallback } = splitDefault(resolve(child, schema));
    const shownDefault = required.has(key) ? 'required' : fallback;
    const example = resolve(child, schema).examples?.[0];
    lines.push(
      row([
        code(key),
        describeType(child, schema, sections),
        shownDefault,
        description,
        example === undefined || typeof example === 'object' ? '' : code(example),
      ]),
    );
  }
  const example = node.examples?.[0];
  if (example !== undefined) {
    // Objects with variants and items of lists have no complete path.
    const text =
      path === '' || /[<[]/.test(path)
        ? example
        : path.split('.').reduceRight((value, key) => ({ [key]: value }), example);
    lines.push('', '```yaml', stringify(text).trimEnd(), '```');
  }
  return [...lines, ''];
}

function headingOf(node, path) {
  return path === '' ? 'Top level' : upperFirst(node.title ?? path);
}

function resolve(node, schema) {
  const name = refName(node);
  return name === null ? node : schema.definitions[name];
}

function refName(node) {
  return /^#\/definitions\/(\w+)$/.exec(node.$ref ?? '')?.[1] ?? null;
}

/** Separates the sentence about the default from a description. */
function splitDefault(node) {
  const found = /^([^]*?)\s*Default: ([^]*?)\.?$/.exec(node.description ?? '');
  if (node.default !== undefined) return { description: node.description, fallback: code(node.default) };
  return found === null
    ? { description: node.description ?? '', fallback: '' }
    : { description: found[1], fallback: found[2] };
}

function describeType(node, schema, sections) {
  const name = refName(node);
  const target = resolve(node, schema);
  if (target.enum !== undefined) return target.enum.map(code).join(', ');
  if (target.const !== undefined) return code(target.const);
  const section = sections.objects.find((one) => (name === null ? one.node === target : one.node.definition === name));
  if (section !== undefined) {
    const heading = headingOf(section.node, section.path);
    return `[${target.title}](#${anchor(heading)})`;
  }
  if (target.anyOf !== undefined)
    return unique(target.anyOf.map((one) => describeType(one, schema, sections))).join(' or ');
  if (target.oneOf !== undefined)
    return unique(target.oneOf.map((one) => describeType(one, schema, sections))).join(', ');
  if (target.type === 'array') return `list of ${describeType(target.items, schema, sections)}`;
  if (target.type === 'object' && typeof target.additionalProperties === 'object')
    return `mapping of ${describeType(target.additionalProperties, schema, sections)}`;
  if (target.type === 'boolean') return '`true`, `false`';
  if (target.type === 'integer' || target.type === 'number') return `${target.title}${describeRange(target)}`;
  if (name !== null && sections.values.has(name)) return `[${target.title}](#kinds-of-values)`;
  return target.title ?? target.type ?? 'any value';
}

function describeRange({ minimum, maximum, exclusiveMinimum }) {
  const low = minimum ?? (exclusiveMinimum === undefined ? null : `more than ${exclusiveMinimum}`);
  if (low !== null && maximum !== undefined) return `, ${low} to ${maximum}`;
  return low === null ? '' : `, at least ${low}`;
}

/** Every event with its fields, their comments and one example. */
function createEventsPage() {
  const interfaces = new Map();
  const aliases = new Map();
  for (const path of ['src/core/events.ts', 'src/core/absence.ts']) {
    ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2023, true).forEachChild((node) => {
      if (ts.isInterfaceDeclaration(node)) interfaces.set(node.name.text, node);
      if (ts.isTypeAliasDeclaration(node)) aliases.set(node.name.text, node);
    });
  }
  const examples = loadEventExamples();
  const names = aliases.get('RunEventBody').type.types.map((type) => type.getText());
  const lines = [
    '<!-- Generated from src/core/events.ts and test/docs/event-examples.ts by scripts/reference.js; do not edit. -->',
    '',
    '# Events',
    '',
    'A run emits these events. The run record (`lineage/<date>/<run>/events.ndjson`), `--debug`, hooks and the collector show them as',
    'JSON, one object a line. Every event has `at` (epoch milliseconds, UTC) and `runId`; durations are milliseconds.',
    '',
    '| Event | Meaning |',
    '|---|---|',
  ];
  for (const name of names) {
    const { type, comment } = describeEvent(interfaces.get(name));
    lines.push(row([`[\`${type}\`](#${type})`, comment === '' ? (defaultMeanings[type] ?? '') : comment]));
  }
  for (const name of names) {
    const { type, comment, fields } = describeEvent(interfaces.get(name));
    const example = examples[type];
    if (example === undefined) throw new Error(`test/docs/event-examples.ts has no example of ${type}`);
    lines.push(
      '',
      `## ${type}`,
      '',
      comment === '' ? (defaultMeanings[type] ?? '') : comment,
      '',
      '| Field | Type | Meaning |',
      '|---|---|---|',
    );
    for (const { name: field, type: fieldType, comment: meaning } of fields)
      lines.push(row([code(field), code(fieldType), meaning]));
    lines.push('', '```json', JSON.stringify(example, null, 2), '```');
  }
  const used = ['PipelineRef', 'PlannedStepSummary', 'PlannedCustomStepSummary', 'Absence'];
  lines.push('', '## Objects in events');
  for (const name of used) {
    lines.push(
      '',
      `### ${name}`,
      '',
      getComment(interfaces.get(name)),
      '',
      '| Field | Type | Meaning |',
      '|---|---|---|',
    );
    for (const field of describeFields(interfaces.get(name)))
      lines.push(row([code(field.name), code(field.type), field.comment]));
  }
  lines.push('', '## Values', '', '| Type | Values |', '|---|---|');
  for (const name of ['RunStatus', 'TaskStatus', 'RequestOutcome', 'BreakerStateName']) {
    lines.push(row([code(name), describeUnion(aliases.get(name).type)]));
  }
  lines.push(row([code('FailureKind'), describeUnion(findAlias('src/core/failure.ts', 'FailureKind'))]));
  return `${lines.join('\n').replaceAll(/\n{3,}/g, '\n\n')}\n`;
}

/** Meanings of events whose name says it all in the source. */
const defaultMeanings = {
  'run-started': 'The run has the lock and starts.',
  'corruption-detected': 'A file of a table is missing or damaged.',
  planned: 'The plan is complete.',
  'task-started': 'A task starts: one step for one symbol.',
  'task-finished': 'A task ended.',
  'request-sent': 'A request was sent.',
  'request-shared': 'Another run on the same lake requested the series: its answer is used.',
  'request-retried': 'An attempt failed; the request is sent again after a delay.',
  'request-completed': 'A request ended.',
  'breaker-changed': 'A circuit breaker changed its state.',
  committed: 'Rows and their coverage were committed to a table.',
  compacted: 'Small files of a table were merged.',
  vacuumed: 'Superseded files were deleted.',
  warning: 'Something needs attention and does not end the run.',
  'run-finished': 'The run ended.',
};

function describeEvent(node) {
  const fields = describeFields(node);
  const type = fields.find(({ name }) => name === 'type').type.replaceAll("'", '');
  return { type, comment: getComment(node), fields: fields.filter(({ name }) => name !== 'type') };
}

function describeFields(node) {
  return node.members.map((member) => ({
    name: member.name.getText(),
    type: `${member.type.getText().replaceAll(/\s+/g, ' ')}${member.questionToken === undefined ? '' : ', optional'}`,
    comment: getComment(member),
  }));
}

function getComment(node) {
  return (node.jsDoc ?? [])
    .map(({ comment }) => (typeof comment === 'string' ? comment.replaceAll('\n', ' ') : ''))
    .join(' ');
}

function findAlias(path, name) {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2023, true);
  const alias = file.statements.find((node) => ts.isTypeAliasDeclaration(node) && node.name.text === name);
  if (alias === undefined) throw new Error(`${path} has no type ${name}`);
  return alias.type;
}

function describeUnion(type) {
  const members = ts.isUnionTypeNode(type) ? type.types : [type];
  return members.map((one) => code(one.getText().replaceAll("'", ''))).join(', ');
}

function loadEventExamples() {
  const { outputText } = ts.transpileModule(read('test/docs/event-examples.ts'), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  });
  const exports = {};
  new Function('exports', outputText)(exports);
  return exports.eventExamples;
}

function row(cells) {
  return `| ${cells.map((cell) => String(cell ?? '').replaceAll('|', '\\|')).join(' | ')} |`.replaceAll(
    / {2,}\|/g,
    ' |',
  );
}

function code(value) {
  return `\`${typeof value === 'object' ? JSON.stringify(value) : String(value)}\``;
}

function anchor(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');
}

function unique(items) {
  return [...new Set(items)];
}

function upperFirst(text) {
  return text.replace(/^(ib|sql)\b/, (word) => word.toUpperCase()).replace(/^./, (letter) => letter.toUpperCase());
}

const outdated = [];
for (const [path, create] of Object.entries(pages)) {
  const text = create();
  let current = '';
  try {
    current = read(path);
  } catch {
    // The page is new.
  }
  if (text === current) continue;
  outdated.push(path);
  if (!process.argv.includes('--check')) writeFileSync(join(root, path), text);
}
if (process.argv.includes('--check') && outdated.length > 0) {
  console.error(`out of date: ${outdated.join(', ')}; run node scripts/reference.js`);
  process.exitCode = 1;
}
