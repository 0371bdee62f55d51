import { nodeFiles } from '../../platform/file-store.js';
import { decodeIf, readOptionalDocument } from '../../platform/json.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import { isStatusDocument } from '../../scheduler/monitoring/status-document.js';
import type { StatusDocument } from '../../scheduler/monitoring/status-document.js';
import { statusFilePath } from '../serve/status-file.js';

/** The last status of a collector. */
export interface CollectorStatus {
  /** False for a collector that was killed: one that ends by itself removes its status. */
  readonly alive: boolean;
  readonly document: StatusDocument;
}

/** The collector of a lake; null when none is running and none was killed. */
export async function readCollectorStatus(lake: string): Promise<CollectorStatus | null> {
  const document = await readOptionalDocument(statusFilePath(lake), decodeIf(isStatusDocument), {
    read: (file) => nodeFiles.read(file),
  });
  if (document === null) return null;
  const { pid, host } = document;
  // `startedAt` of the document is a time, and not the identity of a process.
  return { alive: isProcessAlive({ pid, host }), document };
}
