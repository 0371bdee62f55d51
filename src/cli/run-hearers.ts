import { hostname } from 'node:os';

import type { RunEvent, RunEventBody } from '../core/events.js';
import type { Redact } from '../core/redact.js';
import type { LakeReader } from '../lake/contract.js';
import { diskFiles } from '../lineage/files.js';
import { lineagePost } from '../lineage/post.js';
import type { LineagePost } from '../lineage/post.js';
import { runRecord } from '../lineage/run-record.js';
import type { RunRecord } from '../lineage/run-record.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { tellers } from '../tell/tellers.js';
import type { Tellers } from '../tell/tellers.js';
import { alertTurns } from './alert-turns.js';
import { discreetEvent } from './discreet-event.js';
import type { Progress } from './progress.js';
import { reportKeeper } from './report-keeper.js';
import type { ReportKeeper } from './report-keeper.js';
import type { Surroundings } from './surroundings.js';

/** What those who hear a run are made of. */
export interface RunHearersParts {
  readonly pipeline: Pipeline;
  readonly runId: string;
  readonly redact: Redact;
  /** The terminal, or the collector that started the run. */
  readonly progress: Progress;
  readonly reader: Pick<LakeReader, 'state' | 'statistics'>;
  readonly stopping: AbortSignal;
}

/** Everybody who hears what happens in a run, each of whom gets every event without its secrets. */
export interface RunHearers {
  readonly record: RunRecord;
  readonly report: ReportKeeper;
  readonly telling: Tellers;
  /** Null where lineage is sent nowhere. */
  readonly post: LineagePost | null;
  readonly emit: (body: RunEventBody) => void;
}

export async function runHearers(parts: RunHearersParts, at: Surroundings): Promise<RunHearers> {
  const { pipeline, runId, redact, progress, reader, stopping } = parts;
  const { clock } = at;
  const warn = (message: string): void => emit({ type: 'warned', message });
  const { postTo } = pipeline.lineage;
  const post = postTo === null ? null : lineagePost({ url: postTo, clock, onTrouble: warn });
  let unrecorded = false;
  const record = runRecord({
    lineage: at.lineageFolder,
    files: diskFiles,
    process: { pid: process.pid, host: hostname() },
    onTrouble: (problem) => {
      // One file of the record after the other would fail for the same reason.
      if (unrecorded) return;
      unrecorded = true;
      const words = at.notePaint('warn', `the record of this run is not complete: ${problem}`);
      if (at.verbosity === 'quiet') at.complain(words);
      else progress.say(words);
    },
    ...(post === null ? {} : { onOpenLineage: (event) => post.send(event) }),
  });
  const report = reportKeeper(record);
  const telling = await tellers(pipeline, {
    runId,
    clock,
    lake: at.dataFolder,
    reader,
    files: diskFiles,
    exclusively: alertTurns(at, 'pipe run'),
    redact,
    everything: at.verbosity === 'debug',
    stopping,
    warn,
  });

  function emit(body: RunEventBody): void {
    const event: RunEvent = { at: clock.now(), runId, ...discreetEvent(body, redact) };
    record.record(event);
    report.take(event);
    telling.take(event);
    // A person has heard that one when the pipeline was read.
    if (event.type !== 'warned' || event.message !== pipeline.aboutAuto) progress.take(event);
  }

  return { record, report, telling, post, emit };
}
