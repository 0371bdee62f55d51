import { copyFile, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { datasets } from '../../../src/core/tables/tables.js';
import type { Dataset } from '../../../src/core/tables/tables.js';
import { readTableCoverage } from '../../../src/lake/coverage/table-coverage.js';

export const damageKinds = ['flip', 'truncate', 'delete', 'swap', 'duplicate'] as const;
export type DamageKind = (typeof damageKinds)[number];

/** Files of a lake, by the paths in it. */
const patterns = {
  parquet: /^\w+\/(?:(?!_)[^/]*\/)*[^/]+\.parquet$/,
  commit: /_delta_log\/\d{20}\.json$/,
  'delta-checkpoint': /_delta_log\/\d{20}\.checkpoint\.parquet$/,
  _last_checkpoint: /_delta_log\/_last_checkpoint$/,
  'coverage-checkpoint': /_pipe\/coverage-\d{20}\.json$/,
  spool: /^_spool\//,
  lock: /^_locks\//,
  ledger: /^_pacing\//,
  breakers: /^_breakers\//,
  'lake.duckdb': /^lake\.duckdb$/,
} as const;

export type DamageTarget = keyof typeof patterns;
export const damageTargets: readonly DamageTarget[] = [
  'parquet',
  'commit',
  'delta-checkpoint',
  '_last_checkpoint',
  'coverage-checkpoint',
  'spool',
  'lock',
  'ledger',
  'breakers',
  'lake.duckdb',
];

export interface Damage {
  readonly path: string;
  /** The table of the file; null for a file of the whole lake. */
  readonly dataset: Dataset | null;
}

/** Damages a random file of a lake. `swap` and `duplicate` use another file of the same kind and table, if there is one. */
export async function damageFile(
  lake: string,
  target: DamageTarget,
  kind: DamageKind,
  random: () => number,
): Promise<Damage> {
  const found = (await listFiles(lake)).filter((path) => patterns[target].test(path));
  const files = target === 'parquet' ? await selectLive(lake, found) : found;
  const path = pick(files, random);
  if (path === undefined) throw new Error(`the lake has no ${target}`);
  const full = join(lake, path);
  const dataset = datasets.find((name) => path.startsWith(`${name}/`)) ?? null;
  const content = await readFile(full);
  const others = files.filter((other) => other !== path && (dataset === null || other.startsWith(`${dataset}/`)));
  const other = pick(others.length > 0 ? others : files.filter((one) => one !== path), random);
  switch (kind) {
    case 'flip': {
      const position = Math.floor(random() * content.length);
      if (content.length > 0) content.writeUInt8((content[position] ?? 0) ^ (1 << Math.floor(random() * 8)), position);
      await writeFile(full, content);
      break;
    }
    case 'truncate':
      await writeFile(full, content.subarray(0, Math.floor(random() * content.length)));
      break;
    case 'delete':
      await rm(full);
      break;
    case 'swap':
      if (other === undefined) await writeFile(full, Buffer.concat([content.subarray(7), content.subarray(0, 7)]));
      else {
        await rename(full, join(lake, 'aside'));
        await rename(join(lake, other), full);
        await rename(join(lake, 'aside'), join(lake, other));
      }
      break;
    case 'duplicate':
      if (other === undefined) await writeFile(full, Buffer.concat([content, content]));
      else await copyFile(join(lake, other), full);
      break;
  }
  return { path, dataset };
}

/** Superseded files, which no reader of the current table opens, do not count. */
async function selectLive(lake: string, paths: readonly string[]): Promise<readonly string[]> {
  const live = new Set<string>();
  for (const dataset of datasets)
    for (const path of (await readTableCoverage(join(lake, dataset), dataset)).files.keys())
      live.add(`${dataset}/${path}`);
  return paths.filter((path) => live.has(path));
}

function pick<T>(values: readonly T[], random: () => number): T | undefined {
  return values[Math.floor(random() * values.length)];
}

async function listFiles(lake: string): Promise<readonly string[]> {
  const entries = await readdir(lake, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(lake.length + 1))
    .sort();
}
