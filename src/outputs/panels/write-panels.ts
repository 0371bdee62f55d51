import { join } from 'node:path';

import { isRecord, isString, readOptionalDocument } from '../../platform/json.js';
import { formatJson } from '../../platform/text/escape.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { TableStatistics } from '../../lake/api.js';
import { toReportDocument } from '../report/json.js';
import type { RunReport } from '../report/report.js';
import type { Alert } from '../alerts/alert-state.js';
import type { FileStore } from '../../platform/file-store.js';
import type { Redact } from '../../platform/redact.js';
import type { RunPanels } from './run-panels.js';

export interface PanelContent {
  readonly report: RunReport;
  readonly panels: RunPanels;
  readonly tables: readonly TableStatistics[];
  readonly alerts: readonly Alert[];
  readonly now: Instant;
}

/**
 * Writes the JSON files of a dashboard, each atomically. Every file names its run, and `status.json` is written last: a reader
 * that finds different runs has read while they were being replaced.
 */
export async function writePanels(
  folder: string,
  content: PanelContent,
  files: Pick<FileStore, 'replace'>,
  redact: Redact,
): Promise<void> {
  const { report, now } = content;
  const head = { v: 1, pipeline: report.pipeline.name, run: report.runId, at: formatInstant(now) };
  const bodies = buildPanels(content);
  const write = (name: string, body: object): Promise<void> =>
    files.replace(join(folder, name), redact(`${formatJson({ ...head, ...body }, 1)}\n`));
  await Promise.all(Object.entries(bodies).map(([name, body]) => write(name, body)));
  await write('status.json', buildStatus(content, Object.keys(bodies)));
}

/** Reads which pipeline wrote the panels in a folder; null if there are none or they cannot be read. */
export async function readPanelsOwner(folder: string, files: Pick<FileStore, 'read'>): Promise<string | null> {
  return readOptionalDocument(join(folder, 'status.json'), decodePipelineName, { read: (path) => files.read(path) });
}

function decodePipelineName(status: unknown): string | null {
  return isRecord(status) && isString(status['pipeline']) ? status['pipeline'] : null;
}

function buildPanels({ report, panels, tables, alerts }: PanelContent): Readonly<Record<string, object>> {
  return {
    'run.json': { report: toReportDocument(report) },
    'symbols.json': { symbols: panels.symbols() },
    'providers.json': { providers: panels.providers() },
    'tables.json': { tables: tables.filter(({ version }) => version !== null).map(toTablePanel) },
    'alerts.json': { alerts: listOpenAlerts(alerts) },
  };
}

function buildStatus({ report, panels, alerts }: PanelContent, names: readonly string[]): object {
  const open = listOpenAlerts(alerts);
  return {
    status: report.status,
    reason: report.reason,
    startedAt: formatInstant(report.startedAt),
    endedAt: formatInstant(report.endedAt),
    durationSeconds: report.durationMs / 1000,
    requests: report.requests,
    rows: report.rows,
    tasks: report.tasks,
    warnings: report.warnings.first.length + report.warnings.more,
    providers: panels.providers().map(({ provider, breaker, failureShare }) => ({ provider, breaker, failureShare })),
    alerts: { open: open.length, critical: open.filter(({ severity }) => severity === 'critical').length },
    panels: names,
  };
}

function toTablePanel({ span, ...table }: TableStatistics): object {
  const times = span === null ? null : { start: formatInstant(span.start), end: formatInstant(span.end) };
  return { ...table, span: times };
}

/** The firing alerts as JSON, oldest first. */
export function listOpenAlerts(alerts: Iterable<Alert>): readonly OpenAlert[] {
  return [...alerts]
    .filter(({ resolvedAt }) => resolvedAt === null)
    .sort((a, b) => a.startedAt - b.startedAt)
    .map(({ rule, subject, message, startedAt, deliveries }) => ({
      rule: rule.on,
      severity: rule.severity,
      subject,
      message,
      startedAt: formatInstant(startedAt),
      notifiedChannels: Object.keys(deliveries),
    }));
}

/** A firing alert as JSON. */
export interface OpenAlert {
  readonly rule: string;
  readonly severity: string;
  readonly subject: string;
  readonly message: string;
  readonly startedAt: string;
  /** The channels that received it. */
  readonly notifiedChannels: readonly string[];
}
