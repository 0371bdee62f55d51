import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { toUtcDate } from '../../core/time/time.js';
import type { LocalDate } from '../../core/time/time.js';
import { archiveMonths, unarchive } from '../../lake/archive/archive-months.js';
import type { ArchiveResult } from '../../lake/archive/archive-months.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { requireLocalPath } from '../local-path.js';
import { createRunId } from '../run/run-id.js';
import { isWithin } from './backup.js';

type Context = Pick<AppContext, 'dataFolder' | 'clock'>;

/** Moves the months before a number of months ago to a folder. The caller holds the lock of the lake. */
export async function archiveOrExit(
  options: { readonly months: number; readonly to: string; readonly dryRun: boolean },
  ctx: Context,
): Promise<ArchiveResult> {
  const root = resolve(requireLocalPath('--to', options.to));
  requireLake(ctx);
  if (await isWithin(root, ctx.dataFolder))
    throw new CliError(
      exitCode.usage,
      `${root} is within the lake`,
      'choose a folder outside of it, such as one on another disk',
    );
  const before = subtractMonths(toUtcDate(ctx.clock.now()), options.months);
  return archiveMonths({ lake: ctx.dataFolder, root, before, dryRun: options.dryRun, token: createToken(ctx) });
}

/** Moves everything back. The caller holds the lock of the lake. */
export function unarchiveOrExit(ctx: Context): Promise<ArchiveResult> {
  requireLake(ctx);
  return unarchive(ctx.dataFolder, createToken(ctx));
}

function requireLake({ dataFolder }: Context): void {
  if (!existsSync(dataFolder))
    throw new CliError(exitCode.usage, `no lake in ${dataFolder}`, 'choose the folder of a lake with --data');
}

function createToken({ clock }: Context): string {
  return createRunId(clock.now()).slice(-12);
}

/** The number of months of an age such as `12mo` or `2y`; throws a `CliError` for another text. */
export function parseMonths(option: string, text: string): number {
  const match = /^(\d{1,4}) ?(mo|y)$/.exec(text);
  const months = Number(match?.[1]) * (match?.[2] === 'y' ? 12 : 1);
  if (match === null || months === 0)
    throw new CliError(exitCode.usage, `${option} ${text} is no age of a month or more`, 'write it as 12mo or 2y');
  return months;
}

export function subtractMonths(date: LocalDate, months: number): LocalDate {
  const total = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 - months;
  return `${String(Math.floor(total / 12)).padStart(4, '0')}-${String((total % 12) + 1).padStart(2, '0')}-01`;
}
