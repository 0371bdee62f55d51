import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { seededRandom } from '../seeded-random.js';

/** How many rounds, and the number that decides what happens in them. */
export const rounds = Number(process.env['PIPE_ROUNDS'] ?? '200');
export const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));

/** Where inputs that something was wrong with are kept. */
const keptFolder = process.env['PIPE_FUZZ_KEPT'] ?? join(tmpdir(), 'pipe-fuzz');

/** Chance, as far as one round goes: the same seed and round make the same choices. */
export interface Dice {
  /** From 0 to 1. */
  next(): number;
  /** A whole number below another. */
  below(limit: number): number;
  /** Whether something happens that happens so often. */
  chance(probability: number): boolean;
  /** One of some things; there has to be one. */
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

/** Files by name, as a round was given them. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Writes down what a round was given, so that it can be looked at; answers with the folder. */
function keepInput(part: string, round: number, files: Files): string {
  const folder = join(keptFolder, `${part}-${String(seed)}-${String(round)}`);
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return folder;
}

/** Says which round is under way where it survives one that never ends. */
export function recordRound(part: string, round: number): void {
  mkdirSync(keptFolder, { recursive: true });
  writeFileSync(join(keptFolder, `${part}.round`), `seed ${String(seed)} round ${String(round)}\n`);
}

/** What was found wrong in some rounds. */
export interface Problems {
  add(part: string, round: number, problems: readonly string[], files: Files): void;
  /** More than a few are not worth waiting for. */
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

/** Fails with everything that was found wrong. */
export function expectNoProblems(found: Problems): void {
  if (found.text() !== '') throw new Error(`seed ${String(seed)}\n${found.text()}`);
}
