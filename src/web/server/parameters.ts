import { isLocalDate } from '../../core/time/time.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';

/** A parameter of a request, as the handlers read it and as the OpenAPI document describes it. */
export interface Parameter {
  readonly kind: 'text' | 'date' | 'instant' | 'count' | 'flag' | 'choice';
  readonly description: string;
  readonly example?: string;
  readonly required?: boolean;
  /** The largest number, or the length of a text. */
  readonly max?: number;
  /** The choices of a `choice`, and the default of a number or choice. */
  readonly choices?: readonly string[];
  readonly default?: string;
}

export type Parameters = Readonly<Record<string, Parameter>>;

/** The checked values by name; a parameter without a value has its default or is absent. */
export interface ParameterValues {
  text(name: string): string | null;
  count(name: string): number | null;
  flag(name: string): boolean;
}

const maxTextLength = 200;

/** Checks the query of a request against the parameters of its route; the error names the parameter and what it takes. */
export function readParameters(query: URLSearchParams, parameters: Parameters): Result<ParameterValues, string> {
  const values = new Map<string, string>();
  for (const name of new Set(query.keys())) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter === undefined)
      return err(`unknown parameter ${JSON.stringify(name)}; known: ${listNames(parameters)}`);
    const given = query.getAll(name);
    if (given.length > 1) return err(`${name} is given ${String(given.length)} times; give it once`);
    const [text = ''] = given;
    const problem = findProblem(text, parameter);
    if (problem !== null) return err(`${name} ${problem}`);
    values.set(name, text);
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    if (values.has(name)) continue;
    if (parameter.required === true) return err(`missing ${name}: ${parameter.description}${exampleOf(parameter)}`);
    if (parameter.default !== undefined) values.set(name, parameter.default);
  }
  return ok({
    text: (name) => values.get(name) ?? null,
    count: (name) => (values.has(name) ? Number(values.get(name)) : null),
    flag: (name) => values.get(name) === 'true',
  });
}

function listNames(parameters: Parameters): string {
  const names = Object.keys(parameters);
  return names.length === 0 ? 'none' : names.join(', ');
}

function findProblem(text: string, parameter: Parameter): string | null {
  switch (parameter.kind) {
    case 'text': {
      const max = parameter.max ?? maxTextLength;
      if (text === '') return `is empty${exampleOf(parameter)}`;
      return text.length > max ? `has ${String(text.length)} characters; at most ${String(max)} are allowed` : null;
    }
    case 'date':
      return isLocalDate(text) ? null : 'is not a date; write it as YYYY-MM-DD';
    case 'instant':
      return /^\d{4}-\d{2}-\d{2}T/.test(text) && Number.isFinite(Date.parse(text))
        ? null
        : 'is not a time; write it as ISO 8601, such as 2026-11-20T21:00:00Z';
    case 'count': {
      const max = parameter.max ?? Number.MAX_SAFE_INTEGER;
      return /^\d{1,12}$/.test(text) && Number(text) <= max ? null : `is not a whole number from 0 to ${String(max)}`;
    }
    case 'flag':
      return text === 'true' || text === 'false' ? null : 'is neither true nor false';
    case 'choice': {
      const choices = parameter.choices ?? [];
      return choices.includes(text) ? null : `is none of ${choices.join(', ')}`;
    }
  }
}

function exampleOf({ example }: Parameter): string {
  return example === undefined ? '' : `, such as ${example}`;
}

/** The schema of a parameter in OpenAPI. */
export function toParameterSchema(parameter: Parameter): Readonly<Record<string, unknown>> {
  const fallback = parameter.default === undefined ? {} : { default: toJsonDefault(parameter) };
  switch (parameter.kind) {
    case 'text':
      return { type: 'string', minLength: 1, maxLength: parameter.max ?? maxTextLength, ...fallback };
    case 'date':
      return { type: 'string', format: 'date', ...fallback };
    case 'instant':
      return { type: 'string', format: 'date-time', ...fallback };
    case 'count':
      return {
        type: 'integer',
        minimum: 0,
        ...(parameter.max === undefined ? {} : { maximum: parameter.max }),
        ...fallback,
      };
    case 'flag':
      return { type: 'boolean', ...fallback };
    case 'choice':
      return { type: 'string', enum: parameter.choices ?? [], ...fallback };
  }
}

function toJsonDefault(parameter: Parameter): unknown {
  if (parameter.kind === 'count') return Number(parameter.default);
  return parameter.kind === 'flag' ? parameter.default === 'true' : parameter.default;
}
