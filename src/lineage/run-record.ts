import { join } from 'node:path';
import type { RunEvent } from '../core/events.js';
import type { RunId } from '../core/request.js';
import { batchedFile } from './batched-file.js';
import type { BatchedFile } from './batched-file.js';
import { eventLine } from './event-line.js';
import type { RecordFiles } from './files.js';
import { openLineageTranslator } from './openlineage.js';
import type { OpenLineageEvent } from './openlineage-types.js';
import { eventsFile, openLineageFile, runFile, runFolder } from './run-folder.js';
import { summaryAtEnd, summaryAtStart, writeSummary } from './run-summary.js';
import type { ProcessName, RunSummary } from './run-summary.js';

/** Writes down what happens in a run, as it happens, for those who come later. */
export interface RunRecord {
  /** Takes an event; never waits, never throws. */
  readonly record: (event: RunEvent) => void;
  /** The run's folder; null before it has begun. */
  folder(): string | null;
  /** Puts a document beside the record, such as a report. */
  write(name: string, text: string): Promise<void>;
  /** That the run has begun is on disk: whatever happens to the process from then on, the run is known. */
  begun(): Promise<void>;
  /** Everything is on disk, or `onTrouble` has been told why not. */
  finish(): Promise<void>;
}

/** What a run record needs to know and whom it tells. */
export interface RunRecordOptions {
  /** The folder of all runs. */
  readonly lineage: string;
  readonly files: RecordFiles;
  readonly process: ProcessName | null;
  /** A disk that is full must not stop a run: it is told here, once a file, and the run goes on. */
  readonly onTrouble: (problem: string) => void;
  /** Gets every OpenLineage event, to send it somewhere. */
  readonly onOpenLineage?: (event: OpenLineageEvent) => void;
}

/** A record that opens its folder with the first event of the run. */
export function runRecord(options: RunRecordOptions): RunRecord {
  const { files, onTrouble } = options;
  let open: OpenRecord | null = null;
  let documents: Promise<void> = Promise.resolve();

  function replace(path: string, text: string): Promise<void> {
    documents = documents
      .then(() => files.replace(path, text))
      .catch((error: unknown) =>
        onTrouble(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`),
      );
    return documents;
  }

  function begin(event: Extract<RunEvent, { type: 'run-started' }>): OpenRecord {
    const folder = runFolder(options.lineage, event.at, event.runId);
    const summary = summaryAtStart(event, options.process);
    void replace(join(folder, runFile), writeSummary(summary));
    return {
      runId: event.runId,
      folder,
      summary,
      events: batchedFile(files, join(folder, eventsFile), onTrouble),
      openLineage: batchedFile(files, join(folder, openLineageFile), onTrouble),
      translate: openLineageTranslator(),
    };
  }

  return {
    record(event) {
      if (event.type === 'run-started') open ??= begin(event);
      if (open?.runId !== event.runId) return;
      open.events.add(eventLine(event));
      for (const translated of open.translate(event)) {
        open.openLineage.add(JSON.stringify(translated));
        options.onOpenLineage?.(translated);
      }
      if (event.type === 'run-finished')
        void replace(join(open.folder, runFile), writeSummary(summaryAtEnd(open.summary, event)));
    },
    folder: () => open?.folder ?? null,
    write(name, text) {
      return open === null ? Promise.resolve() : replace(join(open.folder, name), text);
    },
    begun: () => documents,
    async finish() {
      await Promise.all([open?.events.flush(), open?.openLineage.flush(), documents]);
    },
  };
}

interface OpenRecord {
  readonly runId: RunId;
  readonly folder: string;
  readonly summary: RunSummary;
  readonly events: BatchedFile;
  readonly openLineage: BatchedFile;
  readonly translate: (event: RunEvent) => readonly OpenLineageEvent[];
}
