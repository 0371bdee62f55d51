import type { Report } from '../yaml/problem.js';
import { nodeAt } from '../yaml/tree.js';
import type { Node } from '../yaml/tree.js';
import { commandOf, readTimeout } from './commands.js';
import { readAlerts, secretsOfChannels } from './read-alerts.js';
import type { Hook, HookName, HookSettings, LogSettings, PanelSettings, Telling, UnusableChannel } from './telling.js';
import type { Validated } from './validate.js';

/** What a run tells the outside, with its defaults. */
export function readTelling(validated: Validated, leftOut: readonly UnusableChannel[], report: Report): Telling {
  const hooks = readHooks(validated, report);
  const alerts = readAlerts(validated, leftOut, report);
  return {
    logs: readLogs(validated),
    hooks,
    alerts,
    panels: readPanels(validated),
    secrets: [...secretsOfChannels(alerts), ...wordsFromVariables(validated)],
  };
}

function readLogs({ file }: Validated): LogSettings | null {
  if (file.logs === undefined) return null;
  const { file: path = 'logs/pipe.log', level = 'info', max_size: maxSize = '10MB', keep = 7 } = file.logs;
  return { file: path, level, maxSize: bytesOf(maxSize), keep };
}

const byteUnits: Readonly<Record<string, number>> = { kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9 };

/** The schema has checked the shape. */
function bytesOf(size: string): number {
  return Number.parseInt(size, 10) * (byteUnits[size.slice(-2)] ?? 1);
}

function readPanels({ file }: Validated): PanelSettings | null {
  return file.panels === undefined ? null : { folder: file.panels.folder ?? 'panels' };
}

const hookNames = ['before_run', 'before_fetch', 'after_store', 'on_failure', 'on_cycle_complete'] as const;

/** As the schema has each hook; which of them know which setting is its business. */
interface WrittenHook {
  readonly command: readonly string[];
  readonly timeout?: string;
  readonly required?: boolean;
  readonly each?: 'run' | 'task';
}

function readHooks(validated: Validated, report: Report): HookSettings {
  const written = validated.file.hooks ?? {};
  const hooks = hookNames.flatMap((on) =>
    (written[on] ?? []).map((hook: WrittenHook, index) => readHook(on, hook, index, validated, report)),
  );
  return { hooks, atOnce: written.parallel ?? 4 };
}

function readHook(on: HookName, hook: WrittenHook, index: number, validated: Validated, report: Report): Hook {
  const { command, timeout = '30s', required = false, each = 'run' } = hook;
  const path = ['hooks', on, index, 'timeout'];
  return { on, command: commandOf(command), timeout: readTimeout(timeout, path, validated, report), required, each };
}

/** Words of commands that came from a variable: who writes them so has a reason not to write them out. */
function wordsFromVariables({ root }: Validated): readonly string[] {
  const words: string[] = [];
  for (const key of ['hooks', 'alerts']) collectWords(nodeAt(root, [key]), words);
  return words;
}

function collectWords(node: Node | undefined, words: string[]): void {
  if (node === undefined || node.kind === 'scalar') return;
  if (node.kind === 'list') {
    for (const item of node.items) collectWords(item, words);
    return;
  }
  for (const [key, { value }] of node.entries) {
    if (key !== 'command' || value.kind !== 'list') collectWords(value, words);
    else
      for (const word of value.items) if (word.kind === 'scalar' && word.interpolated) words.push(String(word.value));
  }
}
