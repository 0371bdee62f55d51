import { open } from 'node:fs/promises';
import { join } from 'node:path';

import type { RunEvent } from '../../core/events.js';
import type { Instant } from '../../core/time/time.js';
import { formatInstant, isLocalDate, minute } from '../../core/time/time.js';
import { parseEventLine } from '../../lineage/records/event-line.js';
import { eventsFile, summaryFile } from '../../lineage/records/run-folder.js';
import { parseSummary } from '../../lineage/records/run-summary.js';
import type { RunSummary } from '../../lineage/records/run-summary.js';
import { applyEvent, createProgressState, estimateRemaining } from '../../outputs/progress-state.js';
import type { ProgressState } from '../../outputs/progress-state.js';
import { nonBlockingFiles } from '../../platform/file-store.js';
import { isNotFound } from '../../platform/error-message.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import type { LiveRun } from '../../web/server/documents.js';
import type { AppContext } from '../context.js';

/** Follows the runs of a lake by their records, whichever process runs them. */
export interface LiveRuns {
  /** Reads what was recorded since the last call. */
  poll(): Promise<readonly LiveRun[]>;
}

interface FollowedRun {
  readonly folder: string;
  summary: RunSummary;
  readonly progress: ProgressState;
  position: number;
  rows: number;
  waitsFor: string | null;
  /** The times of the responses of the last minute. */
  recent: Instant[];
  endedAt: Instant | null;
}

/** The last ended run of each pipeline stays visible this long. */
const shownAfterEnd = 10 * minute;

/** Ended runs at most: every page receives all of them whenever one changes. */
const maxEnded = 20;

/** Records are read in parts of this size, so that a record of any size needs little memory. */
const chunkBytes = 1024 * 1024;

export function createLiveRuns(ctx: Pick<AppContext, 'lineageFolder' | 'clock'>): LiveRuns {
  const followed = new Map<string, FollowedRun>();
  const ended = new Set<string>();

  async function discover(): Promise<void> {
    const days = (await nonBlockingFiles.list(ctx.lineageFolder)).filter(isLocalDate).sort().slice(-2);
    for (const day of days) {
      for (const name of await nonBlockingFiles.list(join(ctx.lineageFolder, day))) {
        if (followed.has(name) || ended.has(name)) continue;
        const folder = join(ctx.lineageFolder, day, name);
        const summary = await readSummary(folder);
        if (summary === null) continue;
        if (summary.status === 'running' && isAlive(summary)) followed.set(name, follow(folder, summary));
        else ended.add(name);
      }
    }
  }

  async function advance(run: FollowedRun): Promise<void> {
    for await (const event of readNewEvents(run)) apply(run, event);
    if (run.endedAt !== null) return;
    const summary = await readSummary(run.folder);
    if (summary === null) return;
    if (summary.status !== 'running') run.summary = summary;
    else if (!isAlive(summary))
      run.summary = { ...summary, status: 'crashed', reason: 'its process has ended without a result' };
    if (run.summary.status !== 'running') run.endedAt = ctx.clock.now();
  }

  return {
    async poll() {
      await discover();
      const now = ctx.clock.now();
      for (const [name, run] of followed) {
        await advance(run);
        if (run.endedAt === null || now - run.endedAt < shownAfterEnd) continue;
        followed.delete(name);
        ended.add(name);
      }
      for (const name of findSuperseded(followed)) {
        followed.delete(name);
        ended.add(name);
      }
      return [...followed.values()]
        .map((run) => describe(run, now))
        .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    },
  };
}

/** The ended runs that a later ended one of the same pipeline replaces, and those beyond the limit. */
function findSuperseded(followed: ReadonlyMap<string, FollowedRun>): readonly string[] {
  const newestFirst = [...followed]
    .filter(([, { endedAt }]) => endedAt !== null)
    .sort(([, a], [, b]) => b.summary.startedAt - a.summary.startedAt);
  const pipelines = new Set<string>();
  return newestFirst.flatMap(([name, { summary }]) => {
    if (!pipelines.has(summary.pipeline.name) && pipelines.size < maxEnded) {
      pipelines.add(summary.pipeline.name);
      return [];
    }
    return [name];
  });
}

function follow(folder: string, summary: RunSummary): FollowedRun {
  return {
    folder,
    summary,
    progress: createProgressState(),
    position: 0,
    rows: 0,
    waitsFor: null,
    recent: [],
    endedAt: null,
  };
}

function isAlive({ process }: RunSummary): boolean {
  return process !== null && isProcessAlive(process);
}

async function readSummary(folder: string): Promise<RunSummary | null> {
  const text = await nonBlockingFiles.read(join(folder, summaryFile)).catch(() => null);
  return text === null ? null : parseSummary(text);
}

async function* readNewEvents(run: FollowedRun): AsyncIterable<RunEvent> {
  const file = await open(join(run.folder, eventsFile), 'r').catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
  if (file === null) return;
  try {
    const buffer = Buffer.alloc(chunkBytes);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, run.position);
      if (bytesRead === 0) return;
      // A line that ends in the next part is read again with it; one that is longer than a part is skipped.
      const lastBreak = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
      const end = lastBreak === 0 && bytesRead === chunkBytes ? bytesRead : lastBreak;
      if (end === 0) return;
      run.position += end;
      for (const line of buffer.subarray(0, end).toString('utf8').split('\n')) {
        const event = parseEventLine(line);
        if (event !== null) yield event;
      }
      if (bytesRead < chunkBytes) return;
    }
  } finally {
    await file.close();
  }
}

function apply(run: FollowedRun, event: RunEvent): void {
  applyEvent(run.progress, event);
  switch (event.type) {
    case 'request-completed':
      run.recent.push(event.at);
      run.rows += event.rows;
      run.waitsFor = null;
      return;
    case 'rate-limited':
      run.waitsFor = `${event.provider}: budget ${event.budget}`;
      return;
    case 'breaker-changed':
      run.waitsFor = event.state === 'open' ? `${event.provider}: circuit open` : null;
      return;
    default:
      return;
  }
}

function describe(run: FollowedRun, now: Instant): LiveRun {
  const { summary, progress } = run;
  run.recent = run.recent.filter((at) => now - at <= minute);
  const isRunning = summary.status === 'running';
  const remaining = isRunning ? estimateRemaining(progress, now) : null;
  const estimated = [...progress.estimatedByStep.values()].reduce((sum, requests) => sum + requests, 0);
  return {
    runId: summary.runId,
    pipeline: summary.pipeline.name,
    status: summary.status,
    reason: summary.reason,
    startedAt: formatInstant(summary.startedAt),
    finishedAt: summary.finishedAt === null ? null : formatInstant(summary.finishedAt),
    steps: [...progress.steps.values()].map(({ step, tasks, ended, counts, rows }) => ({
      step,
      tasks,
      ended,
      counts: { ...counts },
      rows,
    })),
    responses: progress.completed,
    expected: Math.max(progress.completed, Math.round(progress.expected + estimated)),
    responsesPerMinute: run.recent.length,
    rows: run.rows,
    remainingSeconds: remaining === null ? null : Math.round(remaining / 1000),
    waitsFor: isRunning ? run.waitsFor : null,
  };
}
