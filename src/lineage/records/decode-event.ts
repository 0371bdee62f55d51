import type { RevisionKind } from '../../core/revisions/describe-comparison.js';
import type { Absence, AbsenceKind } from '../../core/absence.js';
import type {
  RunEvent,
  RunEventBody,
  RunStatus,
  TaskStatus,
  BreakerStateName,
  RequestOutcome,
} from '../../core/events.js';
import type { CoverageState } from '../../core/coverage.js';
import type { FailureKind } from '../../core/failure.js';
import type { ClosedWindow } from '../../core/fetch-result.js';
import type { RequestId } from '../../core/request.js';
import { isImportSource } from '../../core/series.js';
import type { DataOrigin, FetchProvider, ProviderName } from '../../core/series.js';
import type { QualityKind } from '../../core/quality/quality-rule.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { ColumnRef } from '../../core/tables/user-tables.js';
import type { Window } from '../../core/time/window.js';
import {
  isBoolean,
  isCount,
  isFiniteNumber,
  isInstant,
  isRecord,
  isString,
  listOf,
  nullable,
  objectOf,
  oneOf,
  optional,
  recordOf,
} from '../../platform/json.js';
import type { Guard } from '../../platform/json.js';
import { upgradeEvent } from './legacy-events.js';

type BodyOf<Type extends RunEventBody['type']> = Extract<RunEventBody, { readonly type: Type }>;

const isTaskStatus = oneOf<TaskStatus>({
  ok: true,
  'up-to-date': true,
  partial: true,
  failed: true,
  skipped: true,
  cancelled: true,
});
const isRunStatus = oneOf<RunStatus>({ ok: true, partial: true, failed: true, cancelled: true });
const isBreakerState = oneOf<BreakerStateName>({ open: true, 'half-open': true, closed: true });
const isFetchProvider = oneOf<FetchProvider>({ mock: true, synthetic: true, ib: true, kite: true });
const isProviderName: Guard<ProviderName> = (value) =>
  isFetchProvider(value) || (typeof value === 'string' && isImportSource(value));
const isDataOrigin: Guard<DataOrigin> = (value) => value === 'pipe' || isProviderName(value);
const failureKinds: Readonly<Record<FailureKind, true>> = {
  retryable: true,
  pacing: true,
  denied: true,
  unavailable: true,
  invalid: true,
  fatal: true,
};
const isFailureKind = oneOf<FailureKind>(failureKinds);
const isOutcome = oneOf<RequestOutcome>({ ...failureKinds, rows: true, empty: true, partial: true });

const datasetNames: readonly string[] = datasets;
const isDataset = (value: unknown): value is Dataset => isString(value) && datasetNames.includes(value);
const isRequestId = (value: unknown): value is RequestId => isString(value);
const isWindow = objectOf<Window>({ start: isInstant, end: isInstant });
const isCoverageState = oneOf<CoverageState>({
  data: true,
  empty: true,
  failed: true,
  provisional: true,
  denied: true,
  unavailable: true,
  missing: true,
  rescaled: true,
});
const isClosedWindow = objectOf<ClosedWindow>({
  window: isWindow,
  state: isCoverageState,
  rows: isCount,
  reason: optional(isString),
  emptyAnswers: optional(isCount),
  lacks: optional(isString),
});
const isAbsence = objectOf<Absence>({
  kind: oneOf<AbsenceKind>({
    denied: true,
    unconfirmed: true,
    incomplete: true,
    untraded: true,
    unrequested: true,
    lost: true,
    rescaled: true,
    unavailable: true,
  }),
  windows: isCount,
  isAccepted: isBoolean,
  reason: optional(isString),
});
const isColumnRef = objectOf<ColumnRef>({ dataset: isString, column: isString });
const isStringList = listOf(isString);
const isScalar: Guard<string | number | boolean> = (value): value is string | number | boolean =>
  isString(value) || isFiniteNumber(value) || isBoolean(value);

/** The properties of each type of event: a new property does not compile without its guard. */
const bodies: { readonly [Type in RunEventBody['type']]: Guard<BodyOf<Type>> } = {
  'run-started': objectOf<BodyOf<'run-started'>>({
    type: oneOf({ 'run-started': true }),
    pipeline: objectOf({ name: isString, description: nullable(isString), file: isString, hash: isString }),
    version: isString,
    lake: isString,
  }),
  'spool-recovered': objectOf<BodyOf<'spool-recovered'>>({
    type: oneOf({ 'spool-recovered': true }),
    runs: isStringList,
    results: isCount,
    rows: isCount,
    tornBytes: isCount,
  }),
  'corruption-detected': objectOf<BodyOf<'corruption-detected'>>({
    type: oneOf({ 'corruption-detected': true }),
    dataset: isDataset,
    path: isString,
    problem: isString,
  }),
  planned: objectOf<BodyOf<'planned'>>({
    type: oneOf({ planned: true }),
    tasks: isCount,
    requests: isCount,
    windows: isCount,
    estimatedRequests: isFiniteNumber,
    estimatedMs: isFiniteNumber,
    steps: listOf(
      objectOf<BodyOf<'planned'>['steps'][number]>({
        step: isString,
        dataset: isDataset,
        provider: isDataOrigin,
        needs: isStringList,
        span: nullable(isWindow),
        tasks: isCount,
        requests: isCount,
        estimatedRequests: isFiniteNumber,
      }),
    ),
    customSteps: optional(
      listOf(
        objectOf<NonNullable<BodyOf<'planned'>['customSteps']>[number]>({
          step: isString,
          uses: oneOf({ sql: true, exec: true, import: true }),
          dataset: nullable(isString),
          needs: isStringList,
          query: optional(isString),
        }),
      ),
    ),
  }),
  'task-started': objectOf<BodyOf<'task-started'>>({
    type: oneOf({ 'task-started': true }),
    task: isString,
    step: isString,
    symbol: nullable(isString),
    requests: isCount,
    inputs: optional(recordOf(nullable(isFiniteNumber))),
  }),
  'task-finished': objectOf<BodyOf<'task-finished'>>({
    type: oneOf({ 'task-finished': true }),
    task: isString,
    step: isString,
    symbol: nullable(isString),
    status: isTaskStatus,
    requests: isCount,
    rows: isCount,
    reason: optional(isString),
    hint: optional(isString),
    absences: listOf(isAbsence),
    durationMs: isFiniteNumber,
  }),
  'rate-limit-reached': objectOf<BodyOf<'rate-limit-reached'>>({
    type: oneOf({ 'rate-limit-reached': true }),
    provider: isProviderName,
    budget: isString,
    requests: isCount,
    waitMs: isFiniteNumber,
  }),
  'rate-limited': objectOf<BodyOf<'rate-limited'>>({
    type: oneOf({ 'rate-limited': true }),
    provider: isProviderName,
    budget: isString,
    waitedMs: isFiniteNumber,
  }),
  'request-sent': objectOf<BodyOf<'request-sent'>>({
    type: oneOf({ 'request-sent': true }),
    request: isRequestId,
    task: isString,
    provider: isDataOrigin,
    series: isString,
    window: nullable(isWindow),
  }),
  'request-shared': objectOf<BodyOf<'request-shared'>>({
    type: oneOf({ 'request-shared': true }),
    request: isRequestId,
    task: isString,
    provider: isProviderName,
    series: isString,
    run: isString,
  }),
  'request-retried': objectOf<BodyOf<'request-retried'>>({
    type: oneOf({ 'request-retried': true }),
    request: isRequestId,
    task: isString,
    attempt: isCount,
    delay: isFiniteNumber,
    failure: isFailureKind,
    message: isString,
  }),
  'request-completed': objectOf<BodyOf<'request-completed'>>({
    type: oneOf({ 'request-completed': true }),
    request: isRequestId,
    task: isString,
    provider: isDataOrigin,
    outcome: isOutcome,
    rows: isCount,
    durationMs: isFiniteNumber,
    message: optional(isString),
    closed: optional(listOf(isClosedWindow)),
    sent: optional(listOf(recordOf(isScalar))),
  }),
  'revision-detected': objectOf<BodyOf<'revision-detected'>>({
    type: oneOf({ 'revision-detected': true }),
    request: isRequestId,
    task: isString,
    provider: isProviderName,
    series: isString,
    kind: oneOf<RevisionKind>({ split: true, dividend: true, scale: true, revision: true }),
    ratio: nullable(isFiniteNumber),
    detail: isString,
    isMaterial: isBoolean,
    rescaledSessions: isCount,
    restatementRequests: isCount,
  }),
  'breaker-changed': objectOf<BodyOf<'breaker-changed'>>({
    type: oneOf({ 'breaker-changed': true }),
    provider: isProviderName,
    symbol: optional(isString),
    state: isBreakerState,
    until: optional(isInstant),
    cause: optional(isString),
    carriedOver: isBoolean,
  }),
  committed: objectOf<BodyOf<'committed'>>({
    type: oneOf({ committed: true }),
    dataset: isDataset,
    version: isCount,
    requests: isCount,
    rows: isCount,
    files: isCount,
    bytes: isCount,
    durationMs: isFiniteNumber,
    recoveredFrom: optional(
      objectOf<NonNullable<BodyOf<'committed'>['recoveredFrom']>>({ runId: isString, pipeline: isString }),
    ),
  }),
  'table-replaced': objectOf<BodyOf<'table-replaced'>>({
    type: oneOf({ 'table-replaced': true }),
    task: isString,
    dataset: isString,
    version: isCount,
    rows: isCount,
    files: isCount,
    bytes: isCount,
    columns: listOf(objectOf({ name: isString, type: isString })),
    inputs: recordOf(nullable(isFiniteNumber)),
    columnLineage: nullable(
      objectOf({
        columns: listOf(
          objectOf({
            column: isString,
            kind: oneOf({ identity: true, transformation: true, aggregation: true }),
            from: listOf(isColumnRef),
          }),
        ),
        rows: listOf(isColumnRef),
      }),
    ),
    durationMs: isFiniteNumber,
  }),
  'file-imported': objectOf<BodyOf<'file-imported'>>({
    type: oneOf({ 'file-imported': true }),
    task: isString,
    path: isString,
    sha256: isString,
    bytes: isCount,
    dataset: isDataset,
    provider: isProviderName,
    rows: isCount,
    storedRows: isCount,
    leftOut: recordOf(isCount),
    rejectedRows: isCount,
    rejected: listOf(objectOf({ line: isCount, problem: isString })),
    comparisons: isStringList,
    durationMs: isFiniteNumber,
  }),
  compacted: objectOf<BodyOf<'compacted'>>({
    type: oneOf({ compacted: true }),
    dataset: isDataset,
    version: isCount,
    filesBefore: isCount,
    filesAfter: isCount,
  }),
  vacuumed: objectOf<BodyOf<'vacuumed'>>({
    type: oneOf({ vacuumed: true }),
    dataset: isDataset,
    files: isCount,
    bytes: isCount,
  }),
  'sink-delivered': objectOf<BodyOf<'sink-delivered'>>({
    type: oneOf({ 'sink-delivered': true }),
    sink: isString,
    rows: isCount,
    refused: isCount,
    versions: recordOf(nullable(isFiniteNumber)),
    durationMs: isCount,
  }),
  'quality-checked': objectOf<BodyOf<'quality-checked'>>({
    type: oneOf({ 'quality-checked': true }),
    rule: isString,
    kind: oneOf<QualityKind>({
      range: true,
      jump: true,
      frozen: true,
      missing_bars: true,
      intraday_against_daily: true,
      bid_ask: true,
      no_arbitrage: true,
      monotone_strikes: true,
      put_call_parity: true,
      freshness: true,
      sql: true,
    }),
    dataset: isDataset,
    column: nullable(isString),
    severity: oneOf({ warning: true, error: true }),
    violations: isCount,
    quarantined: isCount,
    gaps: isCount,
    durationMs: isFiniteNumber,
    problem: optional(isString),
  }),
  'sink-failed': objectOf<BodyOf<'sink-failed'>>({
    type: oneOf({ 'sink-failed': true }),
    sink: isString,
    message: isString,
    hint: isString,
    failures: isCount,
  }),
  warning: objectOf<BodyOf<'warning'>>({ type: oneOf({ warning: true }), message: isString }),
  'run-finished': objectOf<BodyOf<'run-finished'>>({
    type: oneOf({ 'run-finished': true }),
    status: isRunStatus,
    requests: isCount,
    rows: isCount,
    durationMs: isFiniteNumber,
    reason: optional(isString),
  }),
};

/**
 * Decodes an event read back from disk or from the pipe of another process, checking every property; null for an event of an
 * unknown type or with a property of another type. Events of earlier versions are upgraded first.
 */
export function decodeEvent(value: unknown): RunEvent | null {
  const event = isRecord(value) ? upgradeEvent(value) : null;
  return isRunEvent(event) ? event : null;
}

function isRunEvent(value: unknown): value is RunEvent {
  if (!isRecord(value) || !isInstant(value['at']) || !isString(value['runId'])) return false;
  const { type } = value;
  return isEventType(type) && bodies[type](value);
}

function isEventType(type: unknown): type is RunEventBody['type'] {
  return isString(type) && Object.hasOwn(bodies, type);
}
