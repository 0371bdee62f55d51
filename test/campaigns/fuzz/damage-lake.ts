import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import type { Dice } from './rounds.js';

/** What kind of file of a lake is hit: each kind as often as any other, however many there are of it. */
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

/** What was done to a lake. */
export interface Damage {
  readonly target: Target;
  readonly path: string;
  readonly action: string;
}

/** The files below a folder, with `/` between the parts. */
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

/** Lines of a text, to be put together again. */
function changeLines(bytes: Buffer, change: (all: string[]) => readonly string[]): Buffer {
  return Buffer.from(change(bytes.toString('latin1').split('\n')).join('\n'), 'latin1');
}

/** A digit becomes another one: what is written is as well-formed as before. */
function changeDigit(bytes: Buffer, dice: Dice): Buffer {
  const digits = [...bytes.keys()].filter((at) => (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39);
  if (digits.length > 0) bytes.writeUInt8(0x30 + dice.below(10), dice.pick(digits));
  return bytes;
}

const damageActions: Readonly<Record<string, DamageAction>> = {
  'flip a bit': rewriteFile((bytes, dice) => flipBytes(bytes, dice, 1)),
  'flip bits': rewriteFile((bytes, dice) => flipBytes(bytes, dice, 2 + dice.below(30))),
  'another digit': rewriteFile(changeDigit),
  'zeros in the middle': rewriteFile((bytes, dice) => {
    const at = dice.below(bytes.length + 1);
    return bytes.fill(0, at, Math.min(bytes.length, at + 1 + dice.below(4_096)));
  }),
  'cut off': rewriteFile((bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1))),
  'begin lost': rewriteFile((bytes, dice) => bytes.subarray(dice.below(bytes.length + 1))),
  'cut off after a line': rewriteFile((bytes, dice) =>
    changeLines(bytes, (all) => [...all.slice(0, dice.below(all.length)), '']),
  ),
  'a line lost': rewriteFile((bytes, dice) => changeLines(bytes, (all) => all.toSpliced(dice.below(all.length), 1))),
  'a line twice': rewriteFile((bytes, dice) =>
    changeLines(bytes, (all) => {
      const at = dice.below(all.length);
      return all.toSpliced(at, 0, all[at] ?? '');
    }),
  ),
  'bytes behind the end': rewriteFile((bytes, dice) => Buffer.concat([bytes, flipBytes(Buffer.alloc(40), dice, 40)])),
  'its content twice': rewriteFile((bytes) => Buffer.concat([bytes, bytes])),
  empty: rewriteFile(() => Buffer.alloc(0)),
  gone: (path) => {
    rmSync(path);
  },
  'a folder in its place': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  'its folder gone': (path, _, __, lake) => {
    if (dirname(path) !== lake) rmSync(dirname(path), { recursive: true });
  },
  renamed: (path, dice) => {
    renameSync(path, dice.chance(0.5) ? `${path}.old` : renumberFile(path, dice));
  },
  copied: (path, dice) => {
    const target = dice.chance(0.3) ? `${path}.copy` : renumberFile(path, dice);
    if (!existsSync(target)) writeFileSync(target, readFileSync(path));
  },
  'swapped with another': (path, dice, siblings) => {
    const other = dice.pick(siblings);
    if (!existsSync(other) || !statSync(other).isFile()) return;
    const [one, two] = [readFileSync(path), readFileSync(other)];
    writeFileSync(path, two);
    writeFileSync(other, one);
  },
};

/** The same name with the next number, or with one far away. */
function renumberFile(path: string, dice: Dice): string {
  const name = basename(path).replace(/(\d+)(?=\D*$)/, (digits) => {
    const number = BigInt(digits) + BigInt(dice.pick([1, 1, 1, 2, 1_000]));
    return String(number).padStart(digits.length, '0');
  });
  return join(dirname(path), name);
}

/** Damages one file of a lake, and tells which and how. */
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
