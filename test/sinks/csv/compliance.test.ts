import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCsvSink } from '../../../src/sinks/csv/csv-sink.js';
import { sinkComplianceSuite } from '../compliance-suite.js';

for (const gzip of [false, true]) {
  sinkComplianceSuite(gzip ? 'compressed csv' : 'csv', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pipe-csv-'));
    return {
      createSink: (selections) => createCsvSink({ name: 'files', folder, selections, gzip, concurrency: 2 }),
      folders: [folder],
      async damage() {
        if (gzip) return rm(join(folder, 'AAPL/2026.csv.gz'));
        const path = join(folder, 'AAPL/2026.csv');
        await writeFile(path, (await readFile(path, 'utf8')).replace('100.25', '100.26'));
      },
      outage: null,
      close: () => rm(folder, { recursive: true, force: true }),
    };
  });
}
