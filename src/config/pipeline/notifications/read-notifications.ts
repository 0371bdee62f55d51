import { getUrlScheme } from '../../../platform/urls/url-scheme.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { findLocation, findNode } from '../../yaml/tree.js';
import type { NodePath, YamlNode } from '../../yaml/tree.js';
import { toCommand, readCommandTimeout } from '../steps/read-command.js';
import { readAlerts, listChannelSecrets } from './read-alerts.js';
import type {
  Hook,
  HookName,
  HookSettings,
  LogSettings,
  PanelSettings,
  NotificationSettings,
  DisabledChannel,
} from './notifications.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Reads logs, hooks, alerts and panels and applies their defaults. */
export function readNotifications(
  validated: ValidatedPipeline,
  disabledChannels: readonly DisabledChannel[],
  report: ReportDiagnostic,
): NotificationSettings {
  const hooks = readHooks(validated, report);
  const alerts = readAlerts(validated, disabledChannels, report);
  return {
    logs: readLogs(validated, report),
    hooks,
    alerts,
    panels: readPanels(validated, report),
    secrets: [...listChannelSecrets(alerts), ...collectVariableArguments(validated)],
  };
}

/** A URL would become a folder such as `s3:` below the working directory. */
function checkLocalPath(path: string, keys: NodePath, { root }: ValidatedPipeline, report: ReportDiagnostic): void {
  if (getUrlScheme(path) === null) return;
  const message = `\`${path}\` is a URL, and pipe writes to local paths only`;
  report(
    problem('not-a-local-path', findLocation(root, keys), message, { suggestion: 'name a local or mounted folder' }),
  );
}

function readLogs(validated: ValidatedPipeline, report: ReportDiagnostic): LogSettings | null {
  const { file } = validated;
  if (file.logs === undefined) return null;
  const {
    file: path = 'logs/pipe.log',
    level = 'info',
    max_size: rawMaxSize = '10MB',
    max_files: maxFiles = 7,
  } = file.logs;
  checkLocalPath(path, ['logs', 'file'], validated, report);
  return { file: path, level, maxBytes: parseByteSize(rawMaxSize), maxFiles };
}

const byteUnits: Readonly<Record<string, number>> = { kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9 };

/** The schema has checked the shape. */
function parseByteSize(size: string): number {
  return Number.parseInt(size, 10) * (byteUnits[size.slice(-2)] ?? 1);
}

function readPanels(validated: ValidatedPipeline, report: ReportDiagnostic): PanelSettings | null {
  const { panels } = validated.file;
  if (panels === undefined) return null;
  const { folder = 'panels' } = panels;
  checkLocalPath(folder, ['panels', 'folder'], validated, report);
  return { folder };
}

const hookNames = ['before_run', 'before_fetch', 'after_store', 'on_failure', 'on_cycle_complete'] as const;

/** All settings of hooks; the schema checks which hook supports which. */
interface RawHook {
  readonly command: readonly string[];
  readonly timeout?: string;
  readonly required?: boolean;
  readonly each?: 'run' | 'task';
}

function readHooks(validated: ValidatedPipeline, report: ReportDiagnostic): HookSettings {
  const raw = validated.file.hooks ?? {};
  const hooks = hookNames.flatMap((on) =>
    (raw[on] ?? []).map((hook: RawHook, index) => readHook(on, hook, index, validated, report)),
  );
  return { hooks, maxConcurrent: raw.parallel ?? 4 };
}

function readHook(
  on: HookName,
  hook: RawHook,
  index: number,
  validated: ValidatedPipeline,
  report: ReportDiagnostic,
): Hook {
  const { command, timeout = '30s', required = false, each = 'run' } = hook;
  const path = ['hooks', on, index, 'timeout'];
  return {
    on,
    command: toCommand(command),
    timeout: readCommandTimeout(timeout, path, validated, report),
    required,
    each,
  };
}

/** Collects arguments of commands that come from variables: they may be secrets. */
function collectVariableArguments({ root }: ValidatedPipeline): readonly string[] {
  const args: string[] = [];
  for (const key of ['hooks', 'alerts']) collectArguments(findNode(root, [key]), args);
  return args;
}

function collectArguments(node: YamlNode | undefined, args: string[]): void {
  if (node === undefined || node.kind === 'scalar') return;
  if (node.kind === 'list') {
    for (const item of node.items) collectArguments(item, args);
    return;
  }
  for (const [key, { value }] of node.entries) {
    if (key !== 'command' || value.kind !== 'list') collectArguments(value, args);
    else
      for (const argument of value.items)
        if (argument.kind === 'scalar' && argument.isInterpolated) args.push(String(argument.value));
  }
}
