import { formatInstant } from '../../core/time/time.js';
import type { RunEvent, RunStatus } from '../../core/events.js';
import type { RunId } from '../../core/request.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { isRecord } from '../../platform/json-line.js';

/** How a run stands. `running`: its process is alive; `crashed`: it ended without saying so. */
export type RecordedStatus = RunStatus | 'running' | 'crashed';

/** One run in a few words: what `run.json` holds. */
export interface RunSummary {
  readonly runId: RunId;
  readonly pipeline: {
    readonly name: string;
    readonly description: string | null;
    readonly file: string;
    readonly hash: string;
  };
  readonly version: string;
  readonly lake: string;
  readonly status: RecordedStatus;
  readonly startedAt: Instant;
  /** Null while it runs and where it crashed. */
  readonly finishedAt: Instant | null;
  readonly requests: number;
  readonly rows: number;
  readonly durationMs: Duration | null;
  readonly reason: string | null;
  /** The process that ran it, on the machine that it ran on. */
  readonly process: ProcessRef | null;
}

/** Tells a process from all others well enough to ask whether it is still alive. */
export interface ProcessRef {
  readonly pid: number;
  readonly host: string;
}

/** The summary at the beginning of a run. */
export function startSummary(
  event: Extract<RunEvent, { type: 'run-started' }>,
  process: ProcessRef | null,
): RunSummary {
  return {
    runId: event.runId,
    pipeline: event.pipeline,
    version: event.version,
    lake: event.lake,
    status: 'running',
    startedAt: event.at,
    finishedAt: null,
    requests: 0,
    rows: 0,
    durationMs: null,
    reason: null,
    process,
  };
}

/** The summary at its end. */
export function finishSummary(start: RunSummary, event: Extract<RunEvent, { type: 'run-finished' }>): RunSummary {
  const { status, requests, rows, durationMs, reason } = event;
  return { ...start, status, finishedAt: event.at, requests, rows, durationMs, reason: reason ?? null };
}

export function serializeSummary(summary: RunSummary): string {
  const { runId, pipeline, version, lake, status, startedAt, finishedAt, requests, rows, durationMs, reason, process } =
    summary;
  const document: SummaryDocument = {
    runId,
    pipeline,
    version,
    lake,
    status,
    startedAt: formatInstant(startedAt),
    finishedAt: finishedAt === null ? null : formatInstant(finishedAt),
    requests,
    rows,
    durationMs,
    reason,
    process,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Reads `run.json`; null for anything that is not one, such as a file cut short by a full disk. */
export function parseSummary(text: string): RunSummary | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  return isSummaryDocument(document)
    ? {
        ...document,
        startedAt: Date.parse(document.startedAt),
        finishedAt: document.finishedAt === null ? null : Date.parse(document.finishedAt),
      }
    : null;
}

type SummaryDocument = Omit<RunSummary, 'startedAt' | 'finishedAt'> & {
  readonly startedAt: string;
  readonly finishedAt: string | null;
};

const statuses: readonly unknown[] = [
  'ok',
  'partial',
  'failed',
  'interrupted',
  'running',
  'crashed',
] satisfies RecordedStatus[];

function isSummaryDocument(value: unknown): value is SummaryDocument {
  if (!isRecord(value) || !isRecord(value['pipeline'])) return false;
  const { pipeline, process } = value;
  return (
    ['runId', 'version', 'lake', 'startedAt'].every((key) => typeof value[key] === 'string') &&
    ['name', 'file', 'hash'].every((key) => typeof pipeline[key] === 'string') &&
    ['requests', 'rows'].every((key) => typeof value[key] === 'number') &&
    isInstantText(value['startedAt']) &&
    (value['finishedAt'] === null || isInstantText(value['finishedAt'])) &&
    statuses.includes(value['status']) &&
    (process === null ||
      (isRecord(process) && typeof process['pid'] === 'number' && typeof process['host'] === 'string'))
  );
}

function isInstantText(value: unknown): boolean {
  return typeof value === 'string' && Number.isFinite(Date.parse(value));
}
