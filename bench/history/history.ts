import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A project folder whose lake holds ten years of daily bars, written by a cold start and 250 nights. */
export interface History {
  readonly folder: string;
  readonly symbols: number;
  /** The duration of the build. */
  readonly buildSeconds: number;
}

/** After the last night: everything is covered. */
export const afterLastNight = '2026-11-19T23:30:00Z';

/** After the next session: one bar of every symbol is missing. */
export const afterNextSession = '2026-11-20T23:30:00Z';

const pipeline = `name: history
provider: mock
symbols: [{ file: symbols.csv }]
steps:
  contracts: { refresh: 730d }
  equity: { needs: contracts, bar_size: 1 day, lookback: 10y }
`;

/**
 * Returns the history of some symbols: built by the lake's own writer and cached in the system's temporary folder until
 * the code that writes lakes changes.
 */
export function getHistory(symbols: number): History {
  const prefix = `pipe-bench-history-${symbols}-`;
  const folder = join(tmpdir(), `${prefix}${hashSourceCode()}`);
  const buildTimeFile = join(folder, 'build-seconds');
  if (!existsSync(buildTimeFile)) {
    for (const name of readdirSync(tmpdir())) {
      if (name.startsWith(prefix)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
    buildHistory(folder, buildTimeFile, symbols);
  }
  return { folder, symbols, buildSeconds: Number(readFileSync(buildTimeFile, 'utf8')) };
}

function buildHistory(folder: string, buildTimeFile: string, symbols: number): void {
  const temporaryFolder = `${folder}.${process.pid}`;
  process.stderr.write(`  making the history of ${symbols.toLocaleString('en')} symbols …\n`);
  const startedAt = performance.now();
  mkdirSync(join(temporaryFolder, 'pipelines'), { recursive: true });
  writeFileSync(join(temporaryFolder, 'pipelines/history.yaml'), pipeline);
  const script = fileURLToPath(new URL('./build.js', import.meta.url));
  // A batch of a hundred thousand results lives as long as its commit: a large young generation avoids copying it.
  const args = ['--max-semi-space-size=256', script, temporaryFolder, `${symbols}`];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`the history of ${symbols} symbols could not be made`);
  renameSync(temporaryFolder, folder);
  writeFileSync(buildTimeFile, `${(performance.now() - startedAt) / 1000}`);
}

/** Hashes everything that decides what the lake looks like. */
function hashSourceCode(): string {
  const hash = createHash('sha256');
  for (const part of ['./', '../../src/core/', '../../src/calendar/', '../../src/lake/']) {
    const root = fileURLToPath(new URL(part, import.meta.url));
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
      if (file.endsWith('.js')) hash.update(file).update(readFileSync(join(root, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Copies a history. Files of a lake never change once they are written, so the copy uses links; a replaced file is
 * replaced in the copy only.
 */
export function copyHistory(history: History): string {
  const copy = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
  for (const file of readdirSync(history.folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const source = join(file.parentPath, file.name);
    const target = join(copy, source.slice(history.folder.length));
    mkdirSync(dirname(target), { recursive: true });
    if (/\.(parquet|json)$/.test(file.name)) linkSync(source, target);
    else cpSync(source, target);
  }
  return copy;
}
