import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

import { statusFilePath } from '../../../src/app/serve/status-file.js';
import { readCollectorStatus } from '../../../src/app/status/read-collector-status.js';
import { buildStatusDocument } from '../../../src/scheduler/monitoring/status-document.js';
import { buildSampleMetrics, now } from '../../scheduler/monitoring/sample-metrics.js';

it.each([
  ['alive while its process exists', process.pid, true],
  ['dead when its process does not exist', 2 ** 30, false],
])('reports a collector as %s', async (_, pid, alive) => {
  const folder = await mkdtemp(join(tmpdir(), 'status-'));
  try {
    const { collector, activity } = await buildSampleMetrics();
    const health = { unhealthy: [], notReady: [] };
    const identity = { pid, host: hostname(), address: null };
    const path = statusFilePath(folder);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify(buildStatusDocument(identity, collector, health, activity, now)));
    expect(await readCollectorStatus(folder)).toMatchObject({
      alive,
      document: { runs: { max: 2, running: 1, queued: 3 } },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
