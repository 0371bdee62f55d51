import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { isLocalDate } from '../../core/time/time.js';
import { isRecord, isString } from '../../platform/json.js';

/** A run of one of the pipelines that the server knows; null for no restriction. */
export interface RunRequest {
  readonly pipeline: string;
  readonly symbols: readonly string[] | null;
  readonly steps: readonly string[] | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly retry: 'failed' | 'denied' | 'empty' | null;
}

/** A check of a provider: connects to it and asks for permissions. */
export interface DoctorRequest {
  readonly provider: 'ib' | 'kite';
}

/** What a token can trigger. No action takes a path, a program or a statement. */
export interface Actions {
  /** Starts a run; resolves when it has started, or rejects with the reason, such as a run in progress. */
  run(request: RunRequest): Promise<Readonly<Record<string, unknown>>>;
  doctor(request: DoctorRequest): Promise<Readonly<Record<string, unknown>>>;
}

export type ActionName = keyof Actions;

const names = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 100 }, minItems: 1, maxItems: 1_000 };

/** The actions with the JSON schemas of their bodies. */
export const actions: Readonly<
  Record<ActionName, { readonly summary: string; readonly body: Readonly<Record<string, unknown>> }>
> = {
  run: {
    summary: 'Start a run, with the lock of `pipe run`: a pipeline in progress is not started again',
    body: {
      type: 'object',
      required: ['pipeline'],
      additionalProperties: false,
      properties: {
        pipeline: { type: 'string', description: 'name of a pipeline' },
        symbols: names,
        steps: names,
        from: { type: 'string', format: 'date' },
        to: { type: 'string', format: 'date' },
        retry: { enum: ['failed', 'denied', 'empty'] },
      },
    },
  },
  doctor: {
    summary: 'Check connectivity and permissions of a provider: pipe doctor',
    body: {
      type: 'object',
      required: ['provider'],
      additionalProperties: false,
      properties: { provider: { enum: ['ib', 'kite'] } },
    },
  },
};

const runKeys = ['pipeline', 'symbols', 'steps', 'from', 'to', 'retry'];

/** Checks the body of a run. */
export function parseRunRequest(body: unknown): Result<RunRequest, string> {
  if (!isRecord(body)) return err('the body is not a JSON object');
  const unknownKey = Object.keys(body).find((key) => !runKeys.includes(key));
  if (unknownKey !== undefined) return err(`unknown key ${JSON.stringify(unknownKey)}; known: ${runKeys.join(', ')}`);
  const { pipeline, symbols = null, steps = null, from = null, to = null, retry = null } = body;
  if (!isString(pipeline) || pipeline === '') return err('pipeline must be the name of a pipeline');
  if (symbols !== null && !isNameList(symbols)) return err('symbols must be a list of 1 to 1000 names');
  if (steps !== null && !isNameList(steps)) return err('steps must be a list of 1 to 1000 names');
  if (from !== null && !isDate(from)) return err('from must be a date, YYYY-MM-DD');
  if (to !== null && !isDate(to)) return err('to must be a date, YYYY-MM-DD');
  if (retry !== null && retry !== 'failed' && retry !== 'denied' && retry !== 'empty')
    return err('retry must be failed, denied or empty');
  return ok({ pipeline, symbols, steps, from, to, retry });
}

/** Checks the body of a provider check. */
export function parseDoctorRequest(body: unknown): Result<DoctorRequest, string> {
  const provider = isRecord(body) ? body['provider'] : null;
  return provider === 'ib' || provider === 'kite' ? ok({ provider }) : err('provider must be ib or kite');
}

/** A name becomes a part of an option's list: a comma would split it. */
function isNameList(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= 1_000 &&
    value.every((name) => isString(name) && /^[^,\p{Cc}]{1,100}$/u.test(name))
  );
}

function isDate(value: unknown): value is string {
  return isString(value) && isLocalDate(value);
}
