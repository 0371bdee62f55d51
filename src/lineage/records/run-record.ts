import { join } from 'node:path';
import { errorMessage } from '../../platform/error-message.js';
import type { RunEvent, RunStarted, Stamped } from '../../core/events.js';
import type { RunId } from '../../core/request.js';
import { createBatchedFile } from './batched-file.js';
import type { LineBuffer } from '../../platform/line-buffer.js';
import { serializeEvent } from './event-line.js';
import type { FileStore } from '../../platform/file-store.js';
import { createOpenLineageTranslator } from '../openlineage/translator.js';
import type { OpenLineageEvent } from '../openlineage/types.js';
import { eventsFile, openLineageFile, summaryFile, runFolder } from './run-folder.js';
import { finishSummary, startSummary, serializeSummary } from './run-summary.js';
import type { ProcessRef, RunSummary } from './run-summary.js';

/** Records the events of a run on disk. */
export interface RunRecord {
  /** Records an event; never waits, never throws. */
  readonly record: (event: RunEvent) => void;
  /** The folder of the run; null before it has started. */
  folder(): string | null;
  /** Writes a further file, such as the report. */
  write(name: string, text: string): Promise<void>;
  /** Resolves when the start of the run is on disk, so that a crash from then on is noticed. */
  started(): Promise<void>;
  /** Resolves when everything is on disk or its error was reported to `onError`. */
  finish(): Promise<void>;
}

export interface RunRecordOptions {
  /** The folder of all runs. */
  readonly lineageFolder: string;
  readonly files: FileStore;
  readonly process: ProcessRef | null;
  /** Called once per file at a write error, such as a full disk; the run continues. */
  readonly onError: (problem: string) => void;
  /** Called with every OpenLineage event, for delivery. */
  readonly onOpenLineage?: (event: OpenLineageEvent) => void;
}

/** Creates a record, whose folder is created at the first event of the run. */
export function createRunRecord(options: RunRecordOptions): RunRecord {
  const { files, onError } = options;
  let open: OpenRecord | null = null;
  let pendingWrites: Promise<void> = Promise.resolve();

  function replace(path: string, text: string): Promise<void> {
    pendingWrites = pendingWrites
      .then(() => files.replace(path, text))
      .catch((error: unknown) => onError(`cannot write ${path}: ${errorMessage(error)}`));
    return pendingWrites;
  }

  function openRecord(event: Stamped<RunStarted>): OpenRecord {
    const folder = runFolder(options.lineageFolder, event.at, event.runId);
    const summary = startSummary(event, options.process);
    void replace(join(folder, summaryFile), serializeSummary(summary));
    return {
      runId: event.runId,
      folder,
      summary,
      events: createBatchedFile(files, join(folder, eventsFile), onError),
      openLineage: createBatchedFile(files, join(folder, openLineageFile), onError),
      translate: createOpenLineageTranslator(),
    };
  }

  return {
    record(event) {
      if (event.type === 'run-started') open ??= openRecord(event);
      if (open?.runId !== event.runId) return;
      open.events.add(serializeEvent(event));
      for (const translated of open.translate(event)) {
        open.openLineage.add(JSON.stringify(translated));
        options.onOpenLineage?.(translated);
      }
      if (event.type === 'run-finished')
        void replace(join(open.folder, summaryFile), serializeSummary(finishSummary(open.summary, event)));
    },
    folder: () => open?.folder ?? null,
    write(name, text) {
      return open === null ? Promise.resolve() : replace(join(open.folder, name), text);
    },
    started: () => pendingWrites,
    async finish() {
      await Promise.all([open?.events.flush(), open?.openLineage.flush(), pendingWrites]);
    },
  };
}

interface OpenRecord {
  readonly runId: RunId;
  readonly folder: string;
  readonly summary: RunSummary;
  readonly events: LineBuffer;
  readonly openLineage: LineBuffer;
  readonly translate: (event: RunEvent) => readonly OpenLineageEvent[];
}
