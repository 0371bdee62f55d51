import { formatInstant } from '../../core/time/time.js';
import type { PipelineRef, RunStatus, RunFinished, RunStarted, Stamped } from '../../core/events.js';
import type { RunId } from '../../core/request.js';
import type { Duration, Instant } from '../../core/time/time.js';
import {
  isCount,
  isFiniteNumber,
  isInstantText,
  isInteger,
  isRecord,
  isString,
  nullable,
  oneOf,
  parseDocument,
} from '../../platform/json.js';
import type { JsonObject } from '../../platform/json.js';
import { upgradeSummary } from './legacy-events.js';

/** The status of a run. `running`: its process is alive; `crashed`: its process ended without a final event. */
export type RecordedStatus = RunStatus | 'running' | 'crashed';

/** The content of `run.json`. */
export interface RunSummary {
  readonly runId: RunId;
  readonly pipeline: PipelineRef;
  readonly version: string;
  readonly lake: string;
  readonly status: RecordedStatus;
  readonly startedAt: Instant;
  /** Null while it runs and if it crashed. */
  readonly finishedAt: Instant | null;
  readonly requests: number;
  readonly rows: number;
  readonly durationMs: Duration | null;
  readonly reason: string | null;
  readonly process: ProcessRef | null;
}

/** Identifies a process, to check whether it is alive. */
export interface ProcessRef {
  readonly pid: number;
  readonly host: string;
  /** The start of the process, as the system writes it. Null if unknown; absent in records of earlier versions. */
  readonly startedAt?: string | null;
}

/** The summary at the start of a run. */
export function startSummary(event: Stamped<RunStarted>, process: ProcessRef | null): RunSummary {
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

/** The summary at the end of a run. */
export function finishSummary(start: RunSummary, event: Stamped<RunFinished>): RunSummary {
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

/** Decodes the text of `run.json`; null for anything else, such as a file truncated by a full disk. */
export function parseSummary(text: string): RunSummary | null {
  const document = parseDocument(text, decodeSummary);
  return document.ok ? document.value : null;
}

type SummaryDocument = Omit<RunSummary, 'startedAt' | 'finishedAt'> & {
  readonly startedAt: string;
  readonly finishedAt: string | null;
};

const isStatus = oneOf<RecordedStatus>({
  ok: true,
  partial: true,
  failed: true,
  cancelled: true,
  running: true,
  crashed: true,
});

function decodeSummary(document: unknown): RunSummary | null {
  if (!isRecord(document)) return null;
  const upgraded = upgradeSummary(document);
  if (!isSummaryDocument(upgraded)) return null;
  const { startedAt, finishedAt } = upgraded;
  return {
    ...upgraded,
    startedAt: Date.parse(startedAt),
    finishedAt: finishedAt === null ? null : Date.parse(finishedAt),
  };
}

/** Every property is checked; `satisfies` requires a check for each property of the document. */
function isSummaryDocument(value: JsonObject): value is SummaryDocument & JsonObject {
  const { pipeline, process } = value;
  const checks = {
    runId: isString(value['runId']),
    pipeline:
      isRecord(pipeline) &&
      isString(pipeline['name']) &&
      isOptionalText(pipeline['description']) &&
      isString(pipeline['file']) &&
      isString(pipeline['hash']),
    version: isString(value['version']),
    lake: isString(value['lake']),
    status: isStatus(value['status']),
    startedAt: isInstantText(value['startedAt']),
    finishedAt: value['finishedAt'] === null || isInstantText(value['finishedAt']),
    requests: isCount(value['requests']),
    rows: isCount(value['rows']),
    durationMs: value['durationMs'] === null || isFiniteNumber(value['durationMs']),
    reason: isOptionalText(value['reason']),
    process: process === null || isProcessRef(process),
  } satisfies Record<keyof SummaryDocument, boolean>;
  return Object.values(checks).every(Boolean);
}

const isOptionalText = nullable(isString);

function isProcessRef(value: unknown): boolean {
  return (
    isRecord(value) &&
    isInteger(value['pid']) &&
    isString(value['host']) &&
    (value['startedAt'] === undefined || isOptionalText(value['startedAt']))
  );
}
