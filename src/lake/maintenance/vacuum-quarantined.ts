import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '../../platform/error-message.js';
import { findLossReason } from '../../core/loss-reasons.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import { readTableCoverage } from '../coverage/table-coverage.js';
import { toLakeError } from '../lake-error.js';
import { quarantineSuffix } from '../verify/quarantine.js';
import { listTableFiles } from './vacuum.js';
import type { VacuumResult } from './vacuum.js';

/**
 * Deletes quarantined files that were renamed before an instant and whose windows have rows again. Those of tables of snapshots
 * stay: no request returns their rows again, and some of them may be readable.
 */
export async function vacuumQuarantined(table: string, dataset: Dataset, before: Instant): Promise<VacuumResult> {
  let files = 0;
  let bytes = 0;
  if (tables[dataset].kind === 'point') return { files, bytes };
  const quarantined = await listTableFiles(table, '', `.parquet${quarantineSuffix}`);
  if (quarantined.length === 0) return { files, bytes };
  const coverage = await readTableCoverage(table, dataset, { files: 'trust' });
  const awaited = new Set<string>();
  for (const { provider, series } of coverage.lostSeries()) {
    for (const window of coverage.coverage(provider, series)) {
      const reason = findLossReason(window);
      if (reason !== null) awaited.add(reason);
    }
  }
  for (const name of quarantined) {
    const path = name.slice(0, -quarantineSuffix.length);
    // A live file is not repaired yet: which windows it has lost is still unknown.
    if (awaited.has(path) || coverage.files.has(path)) continue;
    try {
      // Renaming changes only this time of a file.
      const { ctimeMs, size } = await stat(join(table, name));
      if (ctimeMs >= before) continue;
      await rm(join(table, name));
      files++;
      bytes += size;
    } catch (error) {
      if (!isNotFound(error)) throw toLakeError(error, join(table, name));
    }
  }
  return { files, bytes };
}
