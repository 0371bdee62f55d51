import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import type { Dice } from './rounds.js';

/** Kinds of lake files; each kind is damaged equally often, independent of its number of files. */
const targetPatterns = {
  rows: /^(?!_)[^/]+\/(?!_).*\.parquet$/,
  commit: /\/_delta_log\/\d{20}\.json$/,
  checkpoint: /\/_delta_log\/.*\.checkpoint\.parquet$/,
  'last checkpoint': /\/_delta_log\/_last_checkpoint$/,
  coverage: /\/_pipe\/coverage-\d{20}\.json$/,
  spool: /^_spool\/.*\.spool$/,
  'spool owner': /^_spool\/.*\.json$/,
  lock: /^_locks\//,
  state: /^_(serve|alerts|steps|pacing)\//,
  views: /^lake\.duckdb$/,
} as const;

export type Target = keyof typeof targetPatterns;

/** Damage that was applied to a lake. */
export interface Damage {
  readonly target: Target;
  readonly path: string;
  readonly action: string;
}

/** Lists the files below a folder, with `/` as separator. */
export function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

type DamageAction = (path: string, dice: Dice, siblings: readonly string[], lake: string) => void;

function rewriteFile(change: (bytes: Buffer, dice: Dice) => Buffer): DamageAction {
  return (path, dice) => {
    writeFileSync(path, change(readFileSync(path), dice));
  };
}

function flipBytes(bytes: Buffer, dice: Dice, times: number): Buffer {
  for (let left = times; left > 0 && bytes.length > 0; left--) {
    const at = dice.below(bytes.length);
    bytes.writeUInt8((bytes[at] ?? 0) ^ (1 << dice.below(8)), at);
  }
  return bytes;
}

/** Changes the lines of a text. */
function changeLines(bytes: Buffer, change: (all: string[]) => readonly string[]): Buffer {
  return Buffer.from(change(bytes.toString('latin1').split('\n')).join('\n'), 'latin1');
}

/** Replaces a digit by another; the file stays well-formed. */
function changeDigit(bytes: Buffer, dice: Dice): Buffer {
  const digits = [...bytes.keys()].filter((at) => (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39);
  if (digits.length > 0) bytes.writeUInt8(0x30 + dice.below(10), dice.pick(digits));
  return bytes;
}

const damageActions: Readonly<Record<string, DamageAction>> = {
  'flip a bit': rewriteFile((bytes, dice) => flipBytes(bytes, dice, 1)),
  'flip bits': rewriteFile((bytes, dice) => flipBytes(bytes, dice, 2 + dice.below(30))),
  'change a digit': rewriteFile(changeDigit),
  'fill a range with zeros': rewriteFile((bytes, dice) => {
    const at = dice.below(bytes.length + 1);
    return bytes.fill(0, at, Math.min(bytes.length, at + 1 + dice.below(4_096)));
  }),
  truncate: rewriteFile((bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1))),
  'remove the beginning': rewriteFile((bytes, dice) => bytes.subarray(dice.below(bytes.length + 1))),
  'truncate after a line': rewriteFile((bytes, dice) =>
    changeLines(bytes, (all) => [...all.slice(0, dice.below(all.length)), '']),
  ),
  'remove a line': rewriteFile((bytes, dice) => changeLines(bytes, (all) => all.toSpliced(dice.below(all.length), 1))),
  'duplicate a line': rewriteFile((bytes, dice) =>
    changeLines(bytes, (all) => {
      const at = dice.below(all.length);
      return all.toSpliced(at, 0, all[at] ?? '');
    }),
  ),
  'append bytes': rewriteFile((bytes, dice) => Buffer.concat([bytes, flipBytes(Buffer.alloc(40), dice, 40)])),
  'duplicate the content': rewriteFile((bytes) => Buffer.concat([bytes, bytes])),
  empty: rewriteFile(() => Buffer.alloc(0)),
  remove: (path) => {
    rmSync(path);
  },
  'replace by a folder': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  'remove the folder': (path, _, __, lake) => {
    if (dirname(path) !== lake) rmSync(dirname(path), { recursive: true });
  },
  rename: (path, dice) => {
    renameSync(path, dice.chance(0.5) ? `${path}.old` : renumberFile(path, dice));
  },
  copy: (path, dice) => {
    const target = dice.chance(0.3) ? `${path}.copy` : renumberFile(path, dice);
    if (!existsSync(target)) writeFileSync(target, readFileSync(path));
  },
  'swap with another': (path, dice, siblings) => {
    const other = dice.pick(siblings);
    if (!existsSync(other) || !statSync(other).isFile()) return;
    const [one, two] = [readFileSync(path), readFileSync(other)];
    writeFileSync(path, two);
    writeFileSync(other, one);
  },
};

/** Returns the same name with the next number or a distant one. */
function renumberFile(path: string, dice: Dice): string {
  const name = basename(path).replace(/(\d+)(?=\D*$)/, (digits) => {
    const number = BigInt(digits) + BigInt(dice.pick([1, 1, 1, 2, 1_000]));
    return String(number).padStart(digits.length, '0');
  });
  return join(dirname(path), name);
}

/** Damages one file of a lake; returns the file and the damage. */
export function damageFile(lake: string, dice: Dice): Damage {
  const files = listFiles(lake);
  const target = dice.pick(targets.filter((name) => files.some((path) => targetPatterns[name].test(path))));
  const candidates = files.filter((path) => targetPatterns[target].test(path));
  const path = dice.pick(candidates);
  const action = dice.pick(Object.keys(damageActions));
  damageActions[action]?.(
    join(lake, path),
    dice,
    candidates.map((other) => join(lake, other)),
    lake,
  );
  return { target, path, action };
}

const targets: readonly Target[] = Object.keys(targetPatterns).filter((name): name is Target => name in targetPatterns);
