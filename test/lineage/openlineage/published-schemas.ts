import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';

import { findRequirement } from '../../requirements.js';

/** The published schemas and example events. */
export const openLineageSchemas = findRequirement('openlineage');
export const openLineageFolder = openLineageSchemas.path;

/** The places of facets in an event: the same key has a different schema in each. */
type FacetTarget = 'run' | 'job' | 'dataset' | 'input' | 'output';

const targetsByBase: Readonly<Record<string, readonly FacetTarget[]>> = {
  RunFacet: ['run'],
  JobFacet: ['job'],
  DatasetFacet: ['dataset'],
  InputDatasetFacet: ['input'],
  OutputDatasetFacet: ['output'],
};

/**
 * Checks an event against the core schema and every facet against the schema its key is bound to: the core schema alone lets
 * any facet through. Returns the errors.
 */
export type EventValidator = (event: unknown) => string[];

export function createEventValidator(): EventValidator {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  ajv.addFormat(
    'date-time',
    (text: string) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
  );
  ajv.addFormat('uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i);
  ajv.addFormat('uri', (text: string) => URL.canParse(text));
  const core = parseJsonFile(join(openLineageFolder, 'OpenLineage.json'));
  ajv.addSchema(core);
  const validators = new Map<string, { readonly id: string; readonly validate: ValidateFunction }>();
  for (const file of readdirSync(join(openLineageFolder, 'facets'))) {
    const schema = parseJsonFile(join(openLineageFolder, 'facets', file));
    ajv.addSchema(schema);
    const text = JSON.stringify(schema);
    const bases = Object.keys(targetsByBase).filter((base) => text.includes(`OpenLineage.json#/$defs/${base}"`));
    for (const key of Object.keys(asRecord(schema['properties']))) {
      for (const target of bases.flatMap((base) => targetsByBase[base] ?? [])) {
        const validate = ajv.compile({ $ref: `${String(schema['$id'])}#/properties/${key}` });
        validators.set(`${target}/${key}`, { id: String(schema['$id']), validate });
      }
    }
  }
  const validateCore = ajv.compile({ $ref: String(core['$id']) });

  function checkFacets(target: FacetTarget, facets: unknown, where: string): string[] {
    return Object.entries(asRecord(facets ?? {})).flatMap(([key, facet]) => {
      const binding = validators.get(`${target}/${key}`);
      if (binding === undefined) return [`${where}: no published schema for ${target} facet ${key}`];
      return binding.validate(facet) ? [] : [`${where}.${key}: ${ajv.errorsText(binding.validate.errors)}`];
    });
  }

  return (event) => {
    const problems = validateCore(event) ? [] : [ajv.errorsText(validateCore.errors)];
    const { run, job, inputs, outputs } = asRecord(event);
    problems.push(...checkFacets('run', asRecord(run ?? {})['facets'], 'run'));
    problems.push(...checkFacets('job', asRecord(job ?? {})['facets'], 'job'));
    for (const [kind, list] of [
      ['input', inputs],
      ['output', outputs],
    ] as const) {
      for (const dataset of Array.isArray(list) ? list : []) {
        const { name, facets, [`${kind}Facets`]: ownFacets } = asRecord(dataset);
        problems.push(...checkFacets('dataset', facets, `${kind} ${String(name)}`));
        problems.push(...checkFacets(kind, ownFacets, `${kind} ${String(name)}`));
      }
    }
    return problems;
  };
}

export function parseJsonFile(file: string): Record<string, unknown> {
  return asRecord(JSON.parse(readFileSync(file, 'utf8')));
}

export function asRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`not an object: ${JSON.stringify(value)}`);
  return value as Record<string, unknown>;
}
