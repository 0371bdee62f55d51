import { isDeepStrictEqual } from 'node:util';

import {
  describeDocumentError,
  isBoolean,
  isFiniteNumber,
  isInstant,
  isRecord,
  isString,
  listOf,
  nullable,
  readDocument,
} from '../../platform/json.js';
import { planDocument } from '../../plan/plan-document.js';
import { defaultPlanOptions } from '../../plan/plan-options.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import type { Plan } from '../../plan/plan.js';
import type { Folders } from '../context.js';
import { exitCode } from '../exit-code.js';
import { CliError } from '../cli-error.js';
import { writeOutputFile } from '../output-file.js';

const format = 'pipe-plan/1';

/** Saves a plan in a file. A run plans again and compares, so an edited file cannot cause requests that no plan makes. */
export async function savePlan(path: string, plan: Plan, folders: Folders): Promise<void> {
  const document = { format, nowMilliseconds: plan.now, ...planDocument(plan) };
  await writeOutputFile('--out', path, `${JSON.stringify(document, null, 2)}\n`, folders);
}

/** A saved plan with what is needed to make it again. */
export interface SavedPlan {
  readonly path: string;
  readonly file: string;
  readonly now: number;
  readonly options: PlanOptions;
  readonly document: Readonly<Record<string, unknown>>;
}

export async function readSavedPlan(path: string): Promise<SavedPlan> {
  const saved = await readDocument(path, decodeSavedPlan);
  if (saved.ok) return { path, ...saved.value };
  const { error } = saved;
  throw new CliError(
    exitCode.usage,
    error.kind === 'missing'
      ? `no such plan: ${path}`
      : error.kind === 'unreadable'
        ? `${path} ${describeDocumentError(error)}`
        : `${path} is not a saved plan`,
    'create one with: pipe plan --out plan.json',
  );
}

function decodeSavedPlan(document: unknown): Omit<SavedPlan, 'path'> | null {
  if (!isRecord(document) || document['format'] !== format) return null;
  const { pipeline, options: saved, nowMilliseconds: now } = document;
  if (!isRecord(pipeline) || !isString(pipeline['file']) || !isInstant(now) || !isRecord(saved)) return null;
  // Earlier versions had no such option.
  const options: unknown = { missing: false, restate: false, ...saved };
  if (!isPlanOptions(options)) return null;
  return { file: pipeline['file'], now, options, document };
}

/** Ends the command when the plan made now differs from the saved one. */
export function assertSamePlan(saved: SavedPlan, plan: Plan): void {
  const { format: _format, nowMilliseconds: _now, ...before } = saved.document;
  const now: unknown = JSON.parse(JSON.stringify(planDocument(plan)));
  if (isDeepStrictEqual(withoutEstimate(before), withoutEstimate(now))) return;
  const reason =
    isRecord(before['pipeline']) && before['pipeline']['hash'] !== plan.pipeline.hash
      ? 'the pipeline has changed since'
      : isDeepStrictEqual(before['versions'], plan.versions)
        ? 'a new plan differs from it'
        : 'the lake has changed since';
  throw new CliError(
    exitCode.usage,
    `${saved.path} is out of date: ${reason}`,
    `plan again: pipe plan ${plan.pipeline.file} --out ${saved.path}`,
  );
}

/** The estimated time depends on what other runs spend meanwhile. */
function withoutEstimate(document: unknown): unknown {
  if (!isRecord(document)) return document;
  const { estimatedSeconds: _estimate, ...rest } = document;
  return rest;
}

function isPlanOptions(value: unknown): value is PlanOptions {
  if (!isRecord(value)) return false;
  const isTextList = nullable(listOf(isString));
  const isText = nullable(isString);
  return (
    Object.keys(defaultPlanOptions).every((key) => key in value) &&
    isTextList(value['symbols']) &&
    isTextList(value['steps']) &&
    isText(value['from']) &&
    isText(value['to']) &&
    nullable(isFiniteNumber)(value['priority']) &&
    (value['fromPriority'] === undefined || isFiniteNumber(value['fromPriority'])) &&
    ['retryFailed', 'retryDenied', 'retryEmpty', 'missing', 'restate', 'force'].every((key) => isBoolean(value[key]))
  );
}
