import { nodeFiles } from '../platform/file-store.js';
import { isRecord } from '../platform/json.js';
import type { Dataset } from '../core/tables/tables.js';
import type { FeedPosition } from '../lake/feed/feed.js';

/** The positions of copies in a file beside them, or in the lake if the target cannot hold them. */
export interface PositionFile {
  /** Null without a position, or for another selection. */
  read(dataset: Dataset, selection: string): Promise<FeedPosition | null>;
  write(dataset: Dataset, selection: string, position: FeedPosition): Promise<void>;
}

export function openPositionFile(path: string): PositionFile {
  const readAll = async (): Promise<Readonly<Record<string, unknown>>> => {
    const text = await nodeFiles.read(path);
    if (text === null) return {};
    try {
      const content: unknown = JSON.parse(text);
      return isRecord(content) ? content : {};
    } catch {
      // A damaged file has no positions: the copy is written again.
      return {};
    }
  };
  return {
    async read(dataset, selection) {
      const stored = (await readAll())[dataset];
      if (!isRecord(stored) || stored['selection'] !== selection) return null;
      const { tableId, version } = stored;
      return typeof tableId === 'string' && typeof version === 'number' ? { tableId, version } : null;
    },
    async write(dataset, selection, position) {
      const all = { ...(await readAll()), [dataset]: { ...position, selection } };
      await nodeFiles.replace(path, `${JSON.stringify(all, null, 2)}\n`);
    },
  };
}
