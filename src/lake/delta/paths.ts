import { join } from 'node:path';

export function logFolder(table: string): string {
  return join(table, '_delta_log');
}

/** `00000000000000000012.json`. */
export function commitName(version: number): string {
  return `${String(version).padStart(20, '0')}.json`;
}

/** The version of the commit after a version; null stands for a table without commits. */
export function nextVersion(version: number | null): number {
  return version === null ? 0 : version + 1;
}

export function commitPath(table: string, version: number): string {
  return join(logFolder(table), commitName(version));
}

export function checkpointPath(table: string, version: number): string {
  return join(logFolder(table), `${String(version).padStart(20, '0')}.checkpoint.parquet`);
}

/** The files of a checkpoint that consists of some parts. */
export function checkpointPaths(table: string, version: number, parts: number): readonly string[] {
  const whole = checkpointPath(table, version);
  if (parts === 1) return [whole];
  const pad = (number: number): string => String(number).padStart(10, '0');
  return Array.from({ length: parts }, (_, part) =>
    whole.replace(/\.parquet$/, `.${pad(part + 1)}.${pad(parts)}.parquet`),
  );
}

/** The version of a commit's file name, or null for any other file. */
export function parseCommitName(name: string): number | null {
  const digits = /^(\d{20})\.json$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The checkpoint that a file is, or is a part of; null for any other file. */
export function parseCheckpointName(name: string): { readonly version: number; readonly parts: number } | null {
  const match = /^(\d{20})\.checkpoint(?:\.\d{10}\.(\d{10}))?\.parquet$/.exec(name);
  return match === null ? null : { version: Number(match[1]), parts: Number(match[2] ?? 1) };
}

/**
 * The folder of partition values, such as `period=2026`. All characters but letters, digits and `._-` are percent-encoded, so
 * that a symbol such as `A/B`, `BRK B` or `nul:` is one folder on every file system. Readers of folder names decode it.
 */
export function partitionFolder(values: Readonly<Record<string, string | null>>): string {
  return Object.entries(values)
    .map(([column, value]) => `${column}=${value === null ? '__HIVE_DEFAULT_PARTITION__' : encodeFolderName(value)}`)
    .join('/');
}

function encodeFolderName(value: string): string {
  const encoded = Array.from(Buffer.from(value, 'utf8'), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9._-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
  return encoded === '.' || encoded === '..' ? encoded.replaceAll('.', '%2E') : encoded;
}

/** A path relative to the table's folder as in the log: a URI, in which the `%` of a folder's name becomes `%25`. */
export function encodeLogPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/').replaceAll('%3D', '=');
}

/** The path on disk of a path in the log; returns text that is not a valid URI unchanged. */
export function decodeLogPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
