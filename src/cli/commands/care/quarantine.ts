import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import { CliError } from '../../../app/cli-error.js';
import { withLakeLock } from '../../../app/lake-lock.js';
import { listQuarantine, releaseQuarantine } from '../../../app/quality/quarantine.js';
import type { CliContext } from '../../cli-context.js';
import { describeLockHeld, suggestLockRemedy } from '../../output/format-lock.js';
import { formatQuarantine, formatRelease } from '../../output/format-quarantine.js';

export interface QuarantineFlags {
  readonly quarantine?: boolean;
  readonly release?: string;
  readonly repair?: boolean;
  readonly alert?: string;
  readonly pipeline?: string;
  readonly dataset?: string;
  readonly json?: boolean;
}

/** Lists what is in quarantine, or puts it back: `pipe check --quarantine` and `--release`. */
export async function showQuarantine(flags: QuarantineFlags, ctx: CliContext): Promise<ExitCode> {
  for (const name of ['repair', 'alert', 'pipeline', 'dataset'] as const)
    if (flags[name] !== undefined)
      throw new CliError(
        exitCode.usage,
        `--${name} cannot be combined with --quarantine or --release`,
        `leave out --${name}`,
      );
  if (flags.release !== undefined) return release(flags.release, flags.json === true, ctx);
  const entries = await listQuarantine(ctx);
  if (flags.json === true) ctx.printJson(entries);
  else ctx.print(formatQuarantine(entries, ctx));
  return exitCode.done;
}

async function release(id: string, isJson: boolean, ctx: CliContext): Promise<ExitCode> {
  const released = await withLakeLock('maintenance', ctx, () => releaseQuarantine(id, ctx));
  if (!released.ok)
    throw new CliError(
      exitCode.locked,
      `rows cannot be released now: ${describeLockHeld(released.error)}`,
      suggestLockRemedy(released.error, 'release them when that has ended'),
    );
  if (isJson) ctx.printJson(released.value);
  else ctx.print(formatRelease(released.value, ctx));
  return exitCode.done;
}
