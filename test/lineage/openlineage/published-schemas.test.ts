import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createOpenLineageTranslator } from '../../../src/lineage/openlineage/translator.js';
import { crashedRun, emptyRun, failedRun, interruptedRun, okRun, partialRun } from '../../fixtures/sample-runs.js';
import { titled } from '../../requirements.js';
import {
  asRecord,
  createEventValidator,
  openLineageFolder,
  openLineageSchemas,
  parseJsonFile,
} from './published-schemas.js';

const runs = {
  ok: okRun,
  partial: partialRun,
  failed: failedRun,
  interrupted: interruptedRun,
  empty: emptyRun,
  crashed: crashedRun,
};

describe.skipIf(openLineageSchemas.missing)(
  titled('events by the published OpenLineage schemas', openLineageSchemas),
  () => {
    const check = openLineageSchemas.missing ? () => [] : createEventValidator();

    test.each(Object.entries(runs))('accepts every event of a run that is %s', (_name, events) => {
      const translate = createOpenLineageTranslator();
      const translated = events().flatMap((event) => translate(event));
      expect(translated.length).toBeGreaterThan(0);
      for (const event of translated) expect(check(JSON.parse(JSON.stringify(event)))).toEqual([]);
    });

    test('finds the schema that each facet names', () => {
      const translate = createOpenLineageTranslator();
      const ids = new Set(
        readdirSync(join(openLineageFolder, 'facets')).map(
          (file) => parseJsonFile(join(openLineageFolder, 'facets', file))['$id'],
        ),
      );
      const named = JSON.stringify(partialRun().flatMap((event) => translate(event))).matchAll(
        /"_schemaURL":"([^"#]+)#/g,
      );
      const urls = new Set([...named].map(([, url]) => url));
      expect(urls.size).toBeGreaterThan(12);
      for (const url of urls) expect(ids).toContain(url);
    });

    test('accepts the published examples', () => {
      const facetTargets: Readonly<Record<string, (facets: object) => object>> = {
        RunFacet: (facets) => ({ run: { runId: 'f69a6e9b-9bac-3c9a-9cf6-eacb70ecc9a9', facets }, job: job({}) }),
        JobFacet: (facets) => ({ run: { runId: 'f69a6e9b-9bac-3c9a-9cf6-eacb70ecc9a9' }, job: job(facets) }),
        InputDatasetFacet: (facets) => withDataset('inputs', { inputFacets: facets }),
        OutputDatasetFacet: (facets) => withDataset('outputs', { outputFacets: facets }),
        DatasetFacet: (facets) => withDataset('inputs', { facets }),
      };
      // Their file names do not contain their place: assertions are input facets, subsets are on both sides.
      const exceptions: Readonly<Record<string, string>> = {
        DataQualityAssertionsDatasetFacet: 'InputDatasetFacet',
        BaseSubsetDatasetFacet: 'InputDatasetFacet',
      };
      let examples = 0;
      for (const folder of readdirSync(join(openLineageFolder, 'tests'))) {
        if (!statSync(join(openLineageFolder, 'tests', folder)).isDirectory() || folder === 'LineageFacet') continue;
        const suffix = exceptions[folder] ?? Object.keys(facetTargets).find((name) => folder.endsWith(name)) ?? '';
        for (const file of readdirSync(join(openLineageFolder, 'tests', folder))) {
          const example = facetTargets[suffix]?.(parseJsonFile(join(openLineageFolder, 'tests', folder, file)));
          expect([`${folder}/${file}`, check({ ...envelope, ...example })]).toEqual([`${folder}/${file}`, []]);
          examples++;
        }
      }
      expect(examples).toBeGreaterThan(30);
      expect(check(parseJsonFile(join(openLineageFolder, 'tests/example_full_event.json')))).toEqual([]);
    });

    test('rejects an invalid facet that the core schema accepts', () => {
      const event = okRun().flatMap(createTranslator()).at(-1);
      const wrong = asRecord(JSON.parse(JSON.stringify(event)));
      const run = asRecord(wrong['run']);
      const facets = asRecord(run['facets']);
      const base = asRecord(facets['processing_engine']);
      const invalidFacets: Readonly<Record<string, object>> = {
        nominalTime: { ...base, nominalEndTime: '2026-11-20T00:00:00Z' },
        errorMessage: { ...base, message: 3 },
        processingEngine: base,
        parent: { ...base, run: { runId: 'not a uuid' }, job: { namespace: 'a', name: 'b' } },
      };
      for (const [key, facet] of Object.entries(invalidFacets)) {
        const problems = check({ ...wrong, run: { ...run, facets: { ...facets, [key]: facet } } });
        expect(problems.join()).toContain(key);
      }
    });
  },
);

function createTranslator(): (event: ReturnType<typeof okRun>[number]) => readonly object[] {
  return createOpenLineageTranslator();
}

const envelope = {
  eventTime: '2026-11-20T23:30:00Z',
  eventType: 'START',
  producer: 'urn:test',
  schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
};

function job(facets: object): object {
  return { namespace: 'a', name: 'b', facets };
}

function withDataset(side: 'inputs' | 'outputs', facets: object): object {
  return {
    run: { runId: 'f69a6e9b-9bac-3c9a-9cf6-eacb70ecc9a9' },
    job: job({}),
    [side]: [{ namespace: 'a', name: 'b', ...facets }],
  };
}
