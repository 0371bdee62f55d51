import { minute } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { errorMessage } from '../../platform/error-message.js';
import {
  decodeIf,
  describeDocumentError,
  isCount,
  isInstantText,
  isString,
  listOf,
  nullable,
  objectOf,
  parseDocument,
  recordOf,
} from '../../platform/json.js';
import { checkExit, runProcess } from '../../platform/process.js';
import type { TableStats } from '../../scheduler/monitoring/collector-metrics.js';
import type { AppContext } from '../context.js';
import { programCommand } from '../this-program.js';

/** Shortest time between two checks: metrics are scraped more often than they change. */
const refreshInterval: Duration = minute;

const maxDocumentChars = 64_000_000;

/** Reads the tables of the lake in a separate process, to keep the memory of the collector constant. */
export interface TableStatsReader {
  tables(): readonly TableStats[];
  /** Marks the tables as changed. */
  refresh(): void;
}

export function createTableStatsReader(ctx: AppContext, onError: (message: string) => void): TableStatsReader {
  let tables: readonly TableStats[] = [];
  let refreshedAt: Instant = -Infinity;
  let isRefreshing = false;
  let isStale = true;
  const readTables = async (): Promise<void> => {
    const args = ['status', '--json', '--data', ctx.dataFolder, '--lineage', ctx.lineageFolder];
    const result = await runProcess({
      command: programCommand(args),
      env: ctx.environment,
      timeout: null,
      maxOutputChars: maxDocumentChars,
    });
    const checked = checkExit(result);
    if (!checked.ok) throw new Error(`pipe status ${checked.error}`);
    tables = parseTables(result.stdout);
  };
  const refreshIfDue = (): void => {
    const now = ctx.clock.now();
    if (isRefreshing || !isStale || now - refreshedAt < refreshInterval) return;
    refreshedAt = now;
    isRefreshing = true;
    isStale = false;
    readTables()
      .catch((error: unknown) => {
        onError(errorMessage(error));
      })
      .finally(() => {
        isRefreshing = false;
      });
  };
  return {
    tables() {
      refreshIfDue();
      return tables;
    },
    refresh() {
      isStale = true;
      refreshIfDue();
    },
  };
}

/** A table in the document of `pipe status --json`, as far as it is used here. */
interface TableDocument {
  readonly dataset: string;
  readonly rows: number;
  /** Null for a table that does not exist. */
  readonly version: number | null;
  readonly span: { readonly end: string } | null;
  readonly open: Readonly<Record<string, number>>;
}

const isDocument = objectOf<{ readonly tables: readonly TableDocument[] }>({
  tables: listOf(
    objectOf<TableDocument>({
      dataset: isString,
      rows: isCount,
      version: nullable(isCount),
      span: nullable(objectOf<{ readonly end: string }>({ end: isInstantText })),
      open: recordOf(isCount),
    }),
  ),
});

function parseTables(text: string): readonly TableStats[] {
  const document = parseDocument(text, decodeIf(isDocument));
  if (!document.ok) throw new Error(`the output of pipe status ${describeDocumentError(document.error)}`);
  return document.value.tables
    .filter(({ version }) => version !== null)
    .map(({ dataset, rows, span, open }) => ({
      dataset,
      rows,
      newest: span === null ? null : Date.parse(span.end),
      open,
    }));
}
