import { realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

import { readFile } from '../../platform/files/read-file.js';
import { isRecord, parseJson } from '../../platform/json.js';
import { packageRoot } from '../../platform/package-root.js';
import { closestMatch } from '../../platform/suggest.js';
import { escapeText } from '../../platform/text/escape.js';
import type { Environment } from '../../app/context.js';
import type { Io } from '../cli-context.js';
import type { OutputStream } from '../terminal.js';
import { boundJson, boundText } from './bound-answer.js';
import type { AnswerLimits } from './bound-answer.js';
import { toCall, tools } from './tools.js';

/** The answer of a tool: the document of a command, or the reason why there is none. */
export interface ToolAnswer {
  readonly text: string;
  /** What the command reported besides the document, and what was cut. */
  readonly notes: readonly string[];
  readonly isError: boolean;
}

/** Runs a command line and returns its exit code. */
export type RunCommand = (argv: readonly string[], io: Io) => Promise<number>;

export interface ToolContext {
  readonly run: RunCommand;
  /** The folder in which the command was started. */
  readonly project: string;
  /** The options of every call: the folders of the lake and of its records. */
  readonly globalOptions: readonly string[];
  readonly environment: Environment;
  readonly limits: AnswerLimits;
}

/** Much more than an answer may have, so that cutting it can choose what to keep. */
const maxCapturedCharacters = 20_000_000;

/** Calls a tool. Never rejects for a mistake of the caller. */
export async function callTool(name: string, values: unknown, context: ToolContext): Promise<ToolAnswer> {
  const given = values === undefined ? {} : values;
  if (!isRecord(given)) return fail('the arguments are not an object');
  if (name === schemaTool) return describeSchema(given, context.limits);
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) return fail(`there is no tool ${escapeText(name)}`);
  const call = toCall(tool, name === 'query' ? { limit: Math.min(context.limits.rows, 1000), ...given } : given);
  if (!call.ok) return fail(call.error);
  for (const file of call.value.files)
    if (!(await isInProject(file, context.project)))
      return fail(`${escapeText(file)} is outside of the project ${context.project}`);
  const [stdout, stderr] = [createCapture(), createCapture()];
  const io = { stdout: stdout.stream, stderr: stderr.stream, env: context.environment };
  const code = await context.run([...context.globalOptions, ...call.value.argv], io);
  const messages = stderr
    .read()
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (stdout.read() === '') return { text: messages.join('\n'), notes: [], isError: code !== 0 };
  const { text, note } = boundJson(stdout.read(), context.limits);
  return { text, notes: [...messages, ...(note === null ? [] : [note])], isError: false };
}

function fail(text: string): ToolAnswer {
  return { text, notes: [], isError: true };
}

function createCapture(): { readonly stream: OutputStream; read(): string } {
  let text = '';
  const listeners: ((error?: Error) => void)[] = [];
  const stream: OutputStream = {
    write(part) {
      if (text.length > maxCapturedCharacters) {
        // As if nothing read it any more: a statement over the whole lake then ends.
        for (const listener of listeners) listener(new Error('the answer is too long'));
        return true;
      }
      text += part;
      return true;
    },
    on(event, listener) {
      if (event === 'error') listeners.push(listener);
    },
  };
  return { stream, read: () => text };
}

async function isInProject(file: string, project: string): Promise<boolean> {
  const isWithin = (folder: string, path: string): boolean => {
    const from = relative(folder, path);
    return from !== '..' && !from.startsWith(`..${sep}`) && resolve(folder, from) === path;
  };
  const path = resolve(project, file);
  if (!isWithin(project, path)) return false;
  try {
    return isWithin(await realpath(project), await realpath(path));
  } catch {
    // The command reports a file that does not exist.
    return true;
  }
}

/** The name of the tool that no command has: the settings of pipelines. */
export const schemaTool = 'schema';

/** Describes a section of the schema of pipelines, or lists the sections. */
async function describeSchema(values: Readonly<Record<string, unknown>>, limits: AnswerLimits): Promise<ToolAnswer> {
  const { section } = values;
  if (Object.keys(values).some((key) => key !== 'section')) return fail('schema has only the argument section');
  const schema = parseJson(await readFile(join(packageRoot, 'schemas', 'pipeline.schema.json'), 'utf8'));
  const { properties, definitions } = isRecord(schema) ? schema : {};
  const sections = { ...(isRecord(definitions) ? definitions : {}), ...(isRecord(properties) ? properties : {}) };
  if (section === undefined) {
    const listed = Object.entries(sections).map(([name, part]) => [
      name,
      isRecord(part) ? (part['description'] ?? '') : '',
    ]);
    return { text: JSON.stringify(Object.fromEntries(listed)), notes: [], isError: false };
  }
  const found = typeof section === 'string' && Object.hasOwn(sections, section) ? sections[section] : undefined;
  if (found !== undefined) {
    const { text, note } = boundText(JSON.stringify(found), limits.characters);
    return { text, notes: note === null ? [] : [note], isError: false };
  }
  const closest = typeof section === 'string' ? closestMatch(section, Object.keys(sections)) : null;
  return fail(
    closest === null ? 'no such section; call schema without arguments for the list' : `did you mean ${closest}?`,
  );
}
