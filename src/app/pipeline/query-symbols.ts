import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { QuerySymbols, SymbolAnswer, SymbolQuery } from '../../config/pipeline/symbols/database-symbols.js';
import { formatInstantSeconds, second } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import { humanizeDuration } from '../../platform/format.js';
import { isRecord } from '../../platform/json.js';
import { parsePostgresUrl } from '../../platform/urls/postgres-url.js';
import { readAllowedHosts } from '../allowed-hosts.js';
import type { AppContext } from '../context.js';

/** For a connection and for the query: a run waits no longer before it takes the symbols of the last answer. */
const timeout = 5 * second;

/**
 * Queries the symbols of databases. Each answer is kept in the folder of the lake: a database that is down does not stop a run.
 */
export function createSymbolQuery(ctx: Pick<AppContext, 'environment' | 'dataFolder' | 'clock'>): QuerySymbols {
  return async (query) => {
    const path = cachePath(query, ctx.dataFolder);
    const { readSymbolRows } = await import('../../sinks/postgres/read-symbols.js');
    const { SinkError } = await import('../../sinks/sink.js');
    const address = {
      url: query.url,
      allowedHosts: readAllowedHosts(ctx),
      connectTimeout: timeout,
      timeout,
      signal: new AbortController().signal,
    };
    try {
      const rows = await readSymbolRows(address, query.condition);
      // A folder that cannot be written is reported by the run.
      await nodeFiles.replace(path, `${JSON.stringify({ at: ctx.clock.now(), rows })}\n`).catch(() => undefined);
      return { kind: 'rows', rows, outdated: null };
    } catch (error) {
      if (!(error instanceof SinkError)) throw error;
      // A table without the column of the condition, or a wrong password, is a mistake to correct.
      if (error.problem !== 'unreachable' && error.problem !== 'timeout')
        return { kind: 'failed', message: error.message, suggestion: error.hint };
      return (await readCache(path, error.message, ctx.clock.now())) ?? toFailure(error.message);
    }
  };
}

function toFailure(message: string): SymbolAnswer {
  return {
    kind: 'failed',
    message: `${message}, and no earlier answer is stored`,
    suggestion: 'start the database, or list the symbols in the pipeline',
  };
}

async function readCache(path: string, failure: string, now: Instant): Promise<SymbolAnswer | null> {
  const text = await nodeFiles.read(path);
  if (text === null) return null;
  try {
    const content: unknown = JSON.parse(text);
    if (!isRecord(content) || typeof content['at'] !== 'number' || !Array.isArray(content['rows'])) return null;
    const { at } = content;
    const age = humanizeDuration(Math.max(0, now - at));
    const outdated = `the symbols are those of ${formatInstantSeconds(at)}, ${age} ago: ${failure}`;
    return { kind: 'rows', rows: content['rows'].filter(isRecord), outdated };
  } catch {
    return null;
  }
}

/** Another password is the same database. */
function cachePath({ url, condition }: SymbolQuery, dataFolder: string): string {
  const parsed = parsePostgresUrl(url);
  const { host, port, database, user } =
    typeof parsed === 'string' ? { host: url, port: 0, database: '', user: '' } : parsed;
  const key = createHash('sha256')
    .update(JSON.stringify([host, port, database, user, condition]))
    .digest('hex');
  return join(dataFolder, '_symbols', `${key.slice(0, 16)}.json`);
}
