import { execa } from 'execa';
import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { expect } from 'vitest';

import { parseScenario } from '../../src/config/scenario/load-scenario.js';
import { renderDiagnostics } from '../../src/config/yaml/render-diagnostics.js';
import { loadFiles } from '../config/pipeline/load-files.js';
import { findRequirement } from '../requirements.js';
import { createRig } from '../rig.js';
import type { Rig, RunningCall } from '../rig.js';
import { matchesOutput, parseConsole, splitWords } from './console.js';
import type { ConsoleCommand } from './console.js';
import { root } from './documents.js';
import type { CodeBlock, Document } from './documents.js';

/** Background commands run until the end of the document; this only ends forgotten ones. */
const backgroundTimeout = 3_600_000;

/** The languages of blocks, and what happens to a block. Blocks that cannot be run are `text`. */
export const languages = ['console', 'csv', 'json', 'mjs', 'python', 'sh', 'sql', 'text', 'yaml'] as const;

/** When documents run: a Friday afternoon in New York. */
const start = Date.parse('2026-11-20T19:00:00Z');

/** Returns a clock that shows `start` when it is created, as ISO 8601. */
export function createClock(): () => string {
  const created = Date.now();
  return () => new Date(start + Date.now() - created).toISOString();
}

interface Session {
  readonly rig: Rig;
  /** Variables that the document exported or that a simulator asked for. */
  readonly env: Record<string, string>;
  readonly background: RunningCall[];
  /** What is known of background commands that ended. */
  readonly ended: string[];
  readonly now: () => string;
  /** The address of the collector's HTTP server in place of the default one. */
  httpAddress: string | null;
}

/** Runs the blocks of a document in order, in one new project with the example pipelines. */
export async function runDocument({ path, blocks }: Document): Promise<void> {
  const rig = await createRig();
  await cp(join(root, 'pipelines'), rig.path('pipelines'), { recursive: true });
  await cp(join(root, 'docs/monitoring'), rig.path('docs/monitoring'), { recursive: true });
  await provideCommands(rig);
  const session: Session = { rig, env: {}, background: [], ended: [], now: createClock(), httpAddress: null };
  try {
    for (const block of blocks) {
      try {
        await runBlock(session, block);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new Error([`${path}:${String(block.line)}: ${message}`, ...session.ended].join('\n'), { cause: error });
      }
    }
  } finally {
    for (const call of session.background) call.kill('SIGINT');
    await Promise.all(session.background.map(({ result }) => result));
    await rig.close();
  }
}

/** Lets shells find `pipe` and `npx pipe`, and scripts import the package. */
async function provideCommands(rig: Rig): Promise<void> {
  const main = join(root, 'dist/main.js');
  await rig.write('.bin/pipe', `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@" --now "$EXAMPLE_NOW"\n`);
  await rig.write('.bin/npx', '#!/bin/sh\nexec "$@"\n');
  await Promise.all(['pipe', 'npx'].map((name) => chmod(rig.path('.bin', name), 0o755)));
  await mkdir(rig.path('node_modules'));
  await symlink(root, rig.path('node_modules/marketlake'));
}

async function runBlock(session: Session, block: CodeBlock): Promise<void> {
  const { rig } = session;
  const { language, text, file } = block;
  if (file !== null) {
    await rig.write(file, text);
    if (language === 'sh') await chmod(rig.path(file), 0o755);
  }
  switch (language) {
    case 'console':
      for (const command of parseConsole(text)) await runConsoleCommand(session, command);
      return;
    case 'yaml':
      return checkYaml(session, block);
    case 'sql': {
      const { exitCode, stderr } = await rig.pipe('query', text);
      expect(exitCode, stderr).toBe(0);
      return;
    }
    case 'json':
      expect(() => JSON.parse(text) as unknown).not.toThrow();
      return;
    case 'python':
      return runPython(session, text);
    case 'csv':
    case 'mjs':
    case 'sh':
      expect(file, 'a comment <!-- file: path --> before the block').not.toBeNull();
      return;
    case 'text':
      return;
    default:
      throw new Error(`blocks have one of the languages ${languages.join(', ')}; this one has "${language}"`);
  }
}

/** Lints a file of the project, and completes and loads a part of a pipeline. */
async function checkYaml(session: Session, { text, file }: CodeBlock): Promise<void> {
  if (file !== null) {
    if (!file.startsWith('pipelines/')) {
      expect(parseDocument(text).errors).toEqual([]);
      return;
    }
    const { exitCode, stdout, stderr } = await session.rig.pipe('lint', file, { env: session.env });
    expect(exitCode, stdout + stderr).toBe(0);
    return;
  }
  if (/^(source|rules):/m.test(text)) {
    const parsed = parseScenario('example.yaml', text);
    expect(parsed.ok ? parsed.warnings : parsed).toEqual([]);
    return;
  }
  const env = Object.fromEntries(
    [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => [name, 'https://example.com']),
  );
  const files = { 'example.yaml': completePipeline(text), 'closes.sql': 'SELECT 1 AS one' };
  const loaded = await loadFiles(files, env);
  const problems = loaded.ok ? loaded.warnings : loaded.diagnostics;
  expect(renderDiagnostics(problems, loaded.sourceTexts, { color: false })).toBe('');
}

/** Appends the keys that a part of a pipeline omits; at the end, so that line numbers stay the same. */
export function completePipeline(yaml: string): string {
  const rest = ['name: example', 'symbols: [SPY]', 'steps: { contracts: {} }'];
  const missing = rest.filter((line) => !new RegExp(`^${line.slice(0, line.indexOf(':'))}:`, 'm').test(yaml));
  return [yaml.trimEnd(), ...missing, ''].join('\n');
}

async function runConsoleCommand(session: Session, shown: ConsoleCommand): Promise<void> {
  const { rig, env } = session;
  const exported = /^export (\w+)=(.*)$/.exec(shown.command);
  if (exported !== null) {
    env[exported[1] ?? ''] = splitWords(exported[2] ?? '', env).join(' ');
    return;
  }
  const command = shown.command.replaceAll('127.0.0.1:9108', session.httpAddress ?? '127.0.0.1:9108');
  if (/^(npx )?pipe (simulate|serve)\b/.test(command)) return startBackground(session, command);
  const isPlain = /^(npx )?pipe /.test(command) && !/[|<>;&]|\$\(/.test(command.replaceAll(/'[^']*'|"[^"]*"/g, ''));
  const words = splitWords(command.replace(/^(npx )?pipe /, ''), env);
  const now = session.now();
  const result = isPlain
    ? await rig.pipe(...words, '--now', now, { env })
    : await runShell(rig, command, { ...env, EXAMPLE_NOW: now });
  const output = `\nstdout:\n${result.stdout}\nstderr:\n${result.stderr}`;
  expect(result.exitCode, `$ ${command}${output}`).toBe(shown.exitCode);
  if (shown.output === '') return;
  const matches = [result.stdout, result.stderr].some((text) => matchesOutput(text, shown.output));
  if (!matches) throw new Error(`$ ${command}\nshown:\n${shown.output}${output}`);
}

async function runShell(rig: Rig, command: string, env: Readonly<Record<string, string>>) {
  const { exitCode, stdout, stderr } = await execa('bash', ['-c', command], {
    cwd: rig.folder,
    env: {
      ...env,
      PATH: `${rig.path('.bin')}:${process.env['PATH'] ?? ''}`,
      HOME: rig.path('..', 'home'),
      NO_COLOR: '1',
    },
    reject: false,
    stripFinalNewline: false,
  });
  return { exitCode: exitCode ?? null, stdout, stderr };
}

/** Starts a simulator or a collector on a free port, and sets the variables that it names for the commands after it. */
async function startBackground(session: Session, command: string): Promise<void> {
  const { rig, env, background, ended } = session;
  const words = splitWords(command.replace(/^(npx )?pipe /, '').replace(/ &$/, ''), env);
  const startTime = words[0] === 'simulate' ? ['--start', session.now()] : [];
  const call = rig.spawn(...words, ...startTime, '--port', '0', { env, timeout: backgroundTimeout });
  background.push(call);
  void call.result.then(({ exitCode, signal, stderr }) => {
    ended.push(`${command} ended (${String(exitCode ?? signal)}):\n${stderr.slice(-1000)}`);
  });
  if (words[0] === 'simulate') {
    await call.waitForOutput(/use it with: .*\n/);
    const settings = /use it with: (.*) pipe run/.exec(call.stdout() + call.stderr())?.[1] ?? '';
    for (const [, name = '', value = ''] of settings.matchAll(/(\w+)=(\S+)/g)) env[name] = value;
  } else {
    await call.waitForOutput(/127\.0\.0\.1:\d+/);
    session.httpAddress = /127\.0\.0\.1:\d+/.exec(call.stdout() + call.stderr())?.[0] ?? null;
  }
}

/** Runs a Python block if the Python of the tests has its packages. */
async function runPython(session: Session, text: string): Promise<void> {
  const python = findRequirement('python');
  if (python.missing) return;
  const script = session.rig.path('example.py');
  await writeFile(script, text);
  const { exitCode, stderr } = await execa(python.path, [script], { cwd: session.rig.folder, reject: false });
  expect(exitCode, stderr).toBe(0);
}
