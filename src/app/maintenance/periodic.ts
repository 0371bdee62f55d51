import { spawn } from 'node:child_process';

import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { formatInstant, second } from '../../core/time/time.js';
import { systemClock } from '../../core/time/clock.js';
import { errorMessage } from '../../platform/error-message.js';
import { formatBytes, pluralize } from '../../platform/format.js';
import { archiveOrExit } from '../care/archive.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { withLakeLock } from '../lake-lock.js';
import { isValid, validators, validateSymbols } from '../proof/validate-symbols.js';
import { programCommand } from '../this-program.js';
import { maintain } from './maintain.js';
import { buildPerformanceReport, writePerformanceReport } from './performance-report.js';
import type { PerformanceReport, Period } from './performance-report.js';

/** One task of periodic maintenance. */
export interface MaintenanceTask {
  readonly task: 'contracts' | 'archive' | 'merge' | 'validate' | 'report';
  readonly status: 'ok' | 'failed' | 'skipped';
  readonly detail: string;
}

export interface PeriodicMaintenance {
  readonly period: Period;
  readonly tasks: readonly MaintenanceTask[];
  readonly report: PerformanceReport | null;
  /** The file of the report; null if it was not written. */
  readonly file: string | null;
}

export interface PeriodicOptions {
  readonly period: Period;
  /** Where months older than a year are moved; null to move none. */
  readonly archiveTo: string | null;
}

/** Months that stay in the lake. */
const keptMonths = 12;

/** Does the weekly or monthly work on a lake, one task after the other: a failed one does not stop the others. */
export async function maintainPeriodically(
  { period, archiveTo }: PeriodicOptions,
  pipelines: readonly Pipeline[],
  ctx: AppContext,
): Promise<PeriodicMaintenance> {
  const tasks: MaintenanceTask[] = [];
  const attempt = async (
    task: MaintenanceTask['task'],
    work: () => Promise<Omit<MaintenanceTask, 'task'>>,
  ): Promise<void> => {
    try {
      tasks.push({ task, ...(await work()) });
    } catch (error) {
      tasks.push({ task, status: 'failed', detail: errorMessage(error) });
    }
  };
  if (period === 'weekly') await attempt('contracts', () => refreshContracts(pipelines, ctx));
  else await attempt('archive', () => archiveYear(archiveTo, ctx));
  await attempt('merge', () => mergeAndClean(ctx));
  if (period === 'weekly') await attempt('validate', () => validate(pipelines, ctx));
  let report: PerformanceReport | null = null;
  let file: string | null = null;
  await attempt('report', async () => {
    report = await buildPerformanceReport(period, ctx.clock.now(), ctx);
    file = await writePerformanceReport(report, ctx);
    return { status: 'ok', detail: file };
  });
  return { period, tasks, report, file };
}

async function refreshContracts(
  pipelines: readonly Pipeline[],
  ctx: AppContext,
): Promise<Omit<MaintenanceTask, 'task'>> {
  const details: string[] = [];
  let hasFailed = false;
  for (const { name, file, steps } of pipelines) {
    const contracts = steps.filter(({ uses }) => uses === 'contracts');
    if (contracts.length === 0) continue;
    const args = ['run', file, '--steps', contracts.map((step) => step.name).join(','), '--quiet'];
    const { code, message } = await callProgram(args, ctx);
    hasFailed ||= code !== exitCode.done;
    details.push(`${name}: ${code === exitCode.done ? 'up to date' : message}`);
  }
  if (details.length === 0) return { status: 'skipped', detail: 'no pipeline of the project has a contracts step' };
  return { status: hasFailed ? 'failed' : 'ok', detail: details.join('; ') };
}

/** Calls this program in another process, with the folders and the clock of this one. */
function callProgram(
  args: readonly string[],
  ctx: AppContext,
): Promise<{ readonly code: number; readonly message: string }> {
  const now = ctx.clock.now();
  const clock = Math.abs(now - systemClock.now()) > second ? ['--now', formatInstant(now)] : [];
  const folders = ['--data', ctx.dataFolder, '--lineage', ctx.lineageFolder, '--no-color'];
  const [node, ...nodeArgs] = programCommand([...args, ...folders, ...clock]);
  return new Promise((resolve) => {
    const child = spawn(node, nodeArgs, { stdio: ['ignore', 'ignore', 'pipe'], env: ctx.environment });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', (error) => resolve({ code: exitCode.unexpected, message: error.message }));
    child.on('close', (code, signal) => {
      const message = stderr.trim().split('\n', 1)[0] ?? '';
      resolve({
        code: code ?? exitCode.unexpected,
        message: message === '' ? `ended with ${signal ?? String(code)}` : message,
      });
    });
  });
}

async function archiveYear(to: string | null, ctx: AppContext): Promise<Omit<MaintenanceTask, 'task'>> {
  if (to === null) return { status: 'skipped', detail: 'name a folder with --archive-to' };
  const { tables } = await locked(ctx, () => archiveOrExit({ months: keptMonths, to, dryRun: false }, ctx));
  const files = tables.reduce((sum, table) => sum + table.files, 0);
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  return { status: 'ok', detail: `${pluralize(files, 'file')} (${formatBytes(bytes)}) moved to ${to}` };
}

async function mergeAndClean(ctx: AppContext): Promise<Omit<MaintenanceTask, 'task'>> {
  const { tables, records } = await locked(ctx, () => maintain(null, ctx));
  const merged = tables.reduce((sum, { filesBefore }) => sum + filesBefore, 0);
  const removed = tables.reduce((sum, { filesRemoved }) => sum + filesRemoved, 0);
  const parts = [
    `${pluralize(merged, 'file')} merged`,
    `${pluralize(removed, 'file')} removed`,
    `${pluralize(records.compressed + records.removed, 'run record')} compressed or removed`,
  ];
  return { status: 'ok', detail: parts.join(', ') };
}

async function locked<T>(ctx: AppContext, work: () => Promise<T>): Promise<T> {
  const done = await withLakeLock('maintenance', ctx, work);
  if (done.ok) return done.value;
  throw new CliError(exitCode.locked, 'other maintenance or a repair of the lake is in progress', 'see pipe status');
}

async function validate(pipelines: readonly Pipeline[], ctx: AppContext): Promise<Omit<MaintenanceTask, 'task'>> {
  const details: string[] = [];
  let hasFailed = false;
  for (const pipeline of pipelines) {
    const report = await validateSymbols(pipeline, null, ctx);
    const failed = report.symbols.filter(({ verdicts }) =>
      validators.some((name) => verdicts[name].status === 'failed'),
    );
    hasFailed ||= !isValid(report);
    const state = failed.length === 0 ? 'ok' : `${pluralize(failed.length, 'symbol')} failed; see pipe validate`;
    details.push(`${pipeline.name}: ${state}`);
  }
  if (details.length === 0) return { status: 'skipped', detail: 'no pipeline in the project' };
  return { status: hasFailed ? 'failed' : 'ok', detail: details.join('; ') };
}
