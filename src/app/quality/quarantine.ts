import { listQuarantineFiles, resolveState } from '../../lake/quarantine/quarantine-files.js';
import type { QuarantineFile } from '../../lake/quarantine/quarantine-files.js';
import { readQuarantine } from '../../lake/quarantine/read-quarantine.js';
import type { QuarantinedRows } from '../../lake/quarantine/read-quarantine.js';
import { releaseRows } from '../../lake/quarantine/release-rows.js';
import type { ReleaseResult } from '../../lake/quarantine/release-rows.js';
import { withQuarantine } from '../../lake/quarantine/with-quarantine.js';
import { openWritableTables } from '../../lake/writer/open-writable-tables.js';
import { refreshViews } from '../../lake/maintenance/maintain-lake.js';
import { getCalendar } from '../../calendar/calendars.js';
import { closestMatch } from '../../platform/suggest.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { createRunId } from '../run/run-id.js';
import { version } from '../version.js';

type QuarantineContext = Pick<AppContext, 'dataFolder' | 'clock'>;

/** The number of rows of each entry that are shown. */
const maxExamples = 3;

/** What is in quarantine, oldest first. */
export function listQuarantine(ctx: Pick<QuarantineContext, 'dataFolder'>): Promise<readonly QuarantinedRows[]> {
  return readQuarantine(ctx.dataFolder, { examples: maxExamples });
}

/** Puts the rows of an entry, or of all entries, back into their tables. The caller holds the lock of the lake. */
export async function releaseQuarantine(id: string, ctx: QuarantineContext): Promise<readonly ReleaseResult[]> {
  const { dataFolder, clock } = ctx;
  const author = { runId: createRunId(clock.now()), pipeline: { name: 'pipe check --release', hash: null } };
  return withQuarantine(dataFolder, author.runId, clock, async () => {
    const held: QuarantineFile[] = [];
    for (const file of await listQuarantineFiles(dataFolder))
      if ((await resolveState(dataFolder, file)) === 'quarantined') held.push(file);
    const selected = id === 'all' ? held : held.filter((file) => file.id === id);
    if (selected.length === 0) throw createUnknownIdError(id, held);
    const tables = await openWritableTables({
      folder: dataFolder,
      runId: author.runId,
      clock,
      program: `pipe/${version()}`,
      emit: () => undefined,
      getTimeZone: (name) => getCalendar(name)?.timeZone ?? null,
    });
    try {
      const results: ReleaseResult[] = [];
      for (const file of selected) results.push(await releaseRows(tables, author, file));
      await refreshViews(tables);
      return results;
    } finally {
      await tables.close();
    }
  });
}

function createUnknownIdError(id: string, held: readonly QuarantineFile[]): CliError {
  if (held.length === 0)
    return new CliError(exitCode.usage, 'nothing is in quarantine', 'see: pipe check --quarantine');
  const ids = held.map((file) => file.id);
  const suggestion = closestMatch(id, ids);
  return new CliError(
    exitCode.usage,
    `no quarantined rows have the id ${id}`,
    suggestion === null ? 'list the ids with pipe check --quarantine, or name all' : `did you mean ${suggestion}?`,
  );
}
