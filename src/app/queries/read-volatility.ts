import type { Instant } from '../../core/time/time.js';
import type { LakeReader } from '../../lake/api.js';
import { describeMissingVolatility } from '../../queries/describe-missing-volatility.js';
import { queryVolatilityHistory } from '../../queries/volatility-history.js';
import type { VolatilityHistory, VolatilityHistoryQuery } from '../../queries/volatility-history.js';
import { renderVolatilityPage } from '../../queries/volatility-page.js';
import { CliError } from '../cli-error.js';
import type { Folders } from '../context.js';
import { exitCode } from '../exit-code.js';
import { withLakeReader } from '../lake-reader.js';
import { writeOutputFile } from '../output-file.js';
import { createNoDataError } from './no-data-error.js';

/** The implied-volatility history of a symbol; a lake without one ends the command. `hasTime`: the user chose the time. `asOf`: the lake as it was then. */
export function readVolatilityOrExit(
  query: VolatilityHistoryQuery,
  hasTime: boolean,
  ctx: Pick<Folders, 'dataFolder'>,
  asOf: Instant | null = null,
): Promise<VolatilityHistory> {
  const read = async (reader: LakeReader): Promise<VolatilityHistory> => {
    const history = await queryVolatilityHistory(reader, query);
    if (history !== null && !('rank' in history)) {
      const { missing } = history;
      const { reason, hint } = describeMissingVolatility(missing);
      const on = `${query.symbol} on ${missing.session}`;
      throw new CliError(exitCode.usage, `no implied volatility for ${on}: ${reason}`, hint);
    }
    if (history === null)
      throw await createNoDataError('implied volatility', 'overview', query.symbol, reader, { ...query, hasTime });
    return history;
  };
  return withLakeReader(ctx, read, asOf);
}

/** Writes the history as a self-contained page. */
export async function writeVolatilityPage(path: string, history: VolatilityHistory, folders: Folders): Promise<void> {
  await writeOutputFile('--html', path, renderVolatilityPage(history), folders);
}
