import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
      async addGhost() {
        const extension = gzip ? '.csv.gz' : '.csv';
        await mkdir(join(folder, 'GHOST/contracts'), { recursive: true });
        const path = `contracts/2026${extension}`;
        await copyFile(join(folder, 'AAPL', path), join(folder, 'GHOST', path));
      },
      outage: null,
      close: () => rm(folder, { recursive: true, force: true }),
    };
  });
}
