import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { seededRandom } from './seeded-random.js';

/** How many rounds, and the number that decides what happens in them. */
export const rounds = Number(process.env['PIPE_ROUNDS'] ?? '200');
export const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));

/** Where inputs that something was wrong with are kept. */
const kept = process.env['PIPE_FUZZ_KEPT'] ?? join(tmpdir(), 'pipe-fuzz');

/** Chance, as far as one round goes: the same seed and round make the same choices. */
export interface Dice {
  /** From 0 to 1. */
  next(): number;
  /** A whole number below another. */
  below(limit: number): number;
  /** Whether something happens that happens so often. */
  chance(often: number): boolean;
  /** One of some things; there has to be one. */
  pick<T>(things: readonly T[]): T;
}

export function diceOf(number: number): Dice {
  const next = seededRandom(number);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (often) => next() < often,
    pick(things) {
      const found = things[below(things.length)];
      if (found === undefined) throw new Error('there is nothing to choose from');
      return found;
    },
  };
}

/** Files by name, as a round was given them. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Writes down what a round was given, so that it can be looked at; answers with the folder. */
function keep(part: string, round: number, files: Files): string {
  const folder = join(kept, `${part}-${String(seed)}-${String(round)}`);
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return folder;
}

/** Says which round is under way where it survives one that never ends. */
export function begin(part: string, round: number): void {
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, `${part}.round`), `seed ${String(seed)} round ${String(round)}\n`);
}

/** What was found wrong in some rounds. */
export interface Complaints {
  add(part: string, round: number, wrong: readonly string[], files: Files): void;
  /** More than a few are not worth waiting for. */
  isEnough(): boolean;
  text(): string;
}

export function complaints(): Complaints {
  const all: string[] = [];
  return {
    add(part, round, wrong, files) {
      if (wrong.length === 0) return;
      const told = wrong.slice(0, 10).join('\n  ');
      all.push(`${part}, round ${String(round)}, kept in ${keep(part, round, files)}:\n  ${told}`);
    },
    isEnough: () => all.length >= 10,
    text: () => all.join('\n'),
  };
}

/** Fails with everything that was found wrong. */
export function expectNone(found: Complaints): void {
  if (found.text() !== '') throw new Error(`seed ${String(seed)}\n${found.text()}`);
}
