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

/** Writes down what happens in a run, as it happens, for those who come later. */
export interface RunRecord {
  /** Takes an event; never waits, never throws. */
  readonly record: (event: RunEvent) => void;
  /** The run's folder; null before it has begun. */
  folder(): string | null;
  /** Puts a document beside the record, such as a report. */
  write(name: string, text: string): Promise<void>;
  /** That the run has begun is on disk: whatever happens to the process from then on, the run is known. */
  started(): Promise<void>;
  /** Everything is on disk, or `onTrouble` has been told why not. */
  finish(): Promise<void>;
}

/** What a run record needs to know and whom it tells. */
export interface RunRecordOptions {
  /** The folder of all runs. */
  readonly lineageFolder: string;
  readonly files: FileStore;
  readonly process: ProcessRef | null;
  /** A disk that is full must not stop a run: it is told here, once a file, and the run goes on. */
  readonly onError: (problem: string) => void;
  /** Gets every OpenLineage event, to send it somewhere. */
  readonly onOpenLineage?: (event: OpenLineageEvent) => void;
}

/** A record that opens its folder with the first event of the run. */
export function createRunRecord(options: RunRecordOptions): RunRecord {
  const { files, onError } = options;
  let open: OpenRecord | null = null;
  let pendingWrites: Promise<void> = Promise.resolve();

  function replace(path: string, text: string): Promise<void> {
    pendingWrites = pendingWrites
      .then(() => files.replace(path, text))
      .catch((error: unknown) => onError(`${path} cannot be written: ${errorMessage(error)}`));
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
