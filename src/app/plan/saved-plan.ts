import { readFile } from 'node:fs/promises';

import { isDeepStrictEqual } from 'node:util';

import { planDocument } from '../../plan/plan-document.js';
import { defaultPlanOptions } from '../../plan/plan-options.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import type { Plan } from '../../plan/plan.js';
import { exitCode } from '../exit-code.js';
import { CliError } from '../cli-error.js';

const format = 'pipe-plan/1';

/** A plan as a file. It is executed by planning again and comparing, so that a file can never ask for what no plan would. */
export function serializePlan(plan: Plan): string {
  return `${JSON.stringify({ format, nowMilliseconds: plan.now, ...planDocument(plan) }, null, 2)}\n`;
}

/** What has to be known of a saved plan before it can be made again. */
export interface SavedPlan {
  readonly path: string;
  readonly file: string;
  readonly now: number;
  readonly options: PlanOptions;
  readonly document: Readonly<Record<string, unknown>>;
}

export async function readSavedPlan(path: string): Promise<SavedPlan> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CliError(exitCode.usage, `there is no plan ${path}`, 'make one with: pipe plan --out plan.json');
  });
  const invalidPlanError = new CliError(
    exitCode.usage,
    `${path} is not a plan`,
    'make one with: pipe plan --out plan.json',
  );
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw invalidPlanError;
  }
  if (!isRecord(document) || document['format'] !== format) throw invalidPlanError;
  const { pipeline, options, nowMilliseconds: now } = document;
  if (!isRecord(pipeline) || typeof pipeline['file'] !== 'string' || typeof now !== 'number' || !isPlanOptions(options))
    throw invalidPlanError;
  return { path, file: pipeline['file'], now, options, document };
}

/** Ends the command unless the plan made now is the one that was saved. */
export function assertSamePlan(saved: SavedPlan, plan: Plan): void {
  const { format: _format, nowMilliseconds: _now, ...before } = saved.document;
  const now: unknown = JSON.parse(JSON.stringify(planDocument(plan)));
  if (isDeepStrictEqual(before, now)) return;
  const reason =
    isRecord(before['pipeline']) && before['pipeline']['hash'] !== plan.pipeline.hash
      ? 'the pipeline has changed since it was made'
      : isDeepStrictEqual(before['versions'], plan.versions)
        ? 'it is not what would be planned now'
        : 'the lake has moved since it was made';
  throw new CliError(
    exitCode.usage,
    `${saved.path} is out of date: ${reason}`,
    `plan again: pipe plan ${plan.pipeline.file} --out ${saved.path}`,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlanOptions(value: unknown): value is PlanOptions {
  if (!isRecord(value)) return false;
  const isTextList = (list: unknown): boolean =>
    list === null || (Array.isArray(list) && list.every((text) => typeof text === 'string'));
  const isText = (text: unknown): boolean => text === null || typeof text === 'string';
  return (
    Object.keys(defaultPlanOptions).every((key) => key in value) &&
    isTextList(value['symbols']) &&
    isTextList(value['steps']) &&
    isText(value['from']) &&
    isText(value['to']) &&
    (value['priority'] === null || typeof value['priority'] === 'number') &&
    ['retryFailed', 'retryDenied', 'force'].every((key) => typeof value[key] === 'boolean')
  );
}
