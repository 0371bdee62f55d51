import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { seededRandom } from '../seeded-random.js';

/** Number of rounds and the seed that determines them. */
export const rounds = Number(process.env['PIPE_ROUNDS'] ?? '200');
export const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));

/** Folder for the inputs of failed rounds. */
const keptFolder = process.env['PIPE_FUZZ_KEPT'] ?? join(tmpdir(), 'pipe-fuzz');

/** Random choices of one round; the same seed and round make the same choices. */
export interface Dice {
  /** A number from 0 to 1. */
  next(): number;
  /** A whole number below a limit. */
  below(limit: number): number;
  /** True with a probability. */
  chance(probability: number): boolean;
  /** One element of a non-empty list. */
  pick<T>(items: readonly T[]): T;
}

export function createDice(number: number): Dice {
  const next = seededRandom(number);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick(items) {
      const found = items[below(items.length)];
      if (found === undefined) throw new Error('there is nothing to choose from');
      return found;
    },
  };
}

/** Input files of a round by name. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Saves the input of a round for inspection; returns the folder. */
function keepInput(part: string, round: number, files: Files): string {
  const folder = join(keptFolder, `${part}-${String(seed)}-${String(round)}`);
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return folder;
}

/** Writes the current round to a file, which survives a round that hangs. */
export function recordRound(part: string, round: number): void {
  mkdirSync(keptFolder, { recursive: true });
  writeFileSync(join(keptFolder, `${part}.round`), `seed ${String(seed)} round ${String(round)}\n`);
}

/** Problems of the rounds. */
export interface Problems {
  add(part: string, round: number, problems: readonly string[], files: Files): void;
  /** Stop after a few problems. */
  isFull(): boolean;
  text(): string;
}

export function createProblems(): Problems {
  const all: string[] = [];
  return {
    add(part, round, problems, files) {
      if (problems.length === 0) return;
      const shownProblems = problems.slice(0, 10).join('\n  ');
      all.push(`${part}, round ${String(round)}, kept in ${keepInput(part, round, files)}:\n  ${shownProblems}`);
    },
    isFull: () => all.length >= 10,
    text: () => all.join('\n'),
  };
}

/** Fails with all problems. */
export function expectNoProblems(found: Problems): void {
  if (found.text() !== '') throw new Error(`seed ${String(seed)}\n${found.text()}`);
}
