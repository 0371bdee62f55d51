import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/events.js';
import { createOpenLineageTranslator } from '../../../src/lineage/openlineage/translator.js';
import type { OpenLineageEvent } from '../../../src/lineage/openlineage/types.js';
import { emptyRun, failedRun, interruptedRun, largeRun, okRun, partialRun, runId } from '../../fixtures/sample-runs.js';

function translateAll(events: readonly RunEvent[]): OpenLineageEvent[] {
  const translate = createOpenLineageTranslator();
  return events.flatMap((event) => translate(event));
}

function summarize(events: readonly RunEvent[]): string[] {
  return translateAll(events).map(({ eventType, job }) => `${eventType} ${job.name}`);
}

function findEndEvent(events: readonly RunEvent[], job: string): OpenLineageEvent {
  const event = translateAll(events).find((one) => one.job.name === job && one.eventType !== 'START');
  if (event === undefined) throw new Error(`${job} has no end event`);
  return event;
}

describe('createOpenLineageTranslator', () => {
  test('ends steps when their results are committed', () => {
    expect(summarize(okRun())).toEqual([
      'START daily',
      'START daily.contracts',
      'START daily.chains',
      'START daily.equity',
      'START daily.options',
      'COMPLETE daily.contracts',
      'COMPLETE daily.chains',
      'COMPLETE daily.equity',
      'COMPLETE daily.options',
      'COMPLETE daily',
    ]);
  });

  test('returns FAIL for partial, ABORT for cancelled or skipped and COMPLETE for successful steps', () => {
    const ends = (events: readonly RunEvent[]): string[] =>
      summarize(events)
        .filter((line) => !line.startsWith('START'))
        .sort();
    expect(ends(partialRun())).toEqual([
      'ABORT daily.chains',
      'ABORT daily.options',
      'FAIL daily',
      'FAIL daily.contracts',
      'FAIL daily.equity',
    ]);
    expect(ends(failedRun())).toEqual([
      'ABORT daily.chains',
      'ABORT daily.equity',
      'ABORT daily.options',
      'FAIL daily',
      'FAIL daily.contracts',
    ]);
    expect(ends(interruptedRun())).toEqual(['ABORT daily', 'ABORT daily.chains', 'COMPLETE daily.contracts']);
  });

  test('returns no events for steps that are up to date and lists these steps in the end event of the pipeline', () => {
    expect(summarize(emptyRun())).toEqual(['START daily', 'COMPLETE daily']);
    expect(findEndEvent(emptyRun(), 'daily').run.facets['executionParameters']?.['parameters']).toContainEqual({
      key: 'steps.without.work',
      value: 'contracts, chains, equity, options',
    });
    // A step without work has no run to link to.
    const withoutContractRequests = okRun().flatMap((event): RunEvent[] => {
      if (event.type === 'task-started' && event.step === 'contracts') return [{ ...event, requests: 0 }];
      if (event.type === 'task-finished' && event.step === 'contracts') return [{ ...event, status: 'up-to-date' }];
      return 'request' in event && event.task.startsWith('contracts/') ? [] : [event];
    });
    const runsBefore = (events: readonly RunEvent[]): unknown =>
      (findEndEvent(events, 'daily.chains').run.facets['jobDependencies']?.['upstream'] as { run?: object }[]).map(
        ({ run }) => run !== undefined,
      );
    expect(summarize(withoutContractRequests)).not.toContain('START daily.contracts');
    expect(runsBefore(withoutContractRequests)).toEqual([false]);
    expect(runsBefore(okRun())).toEqual([true]);
  });

  test('describes each table once, in the end event of the step that writes it', () => {
    for (const facet of ['schema', 'columnLineage', 'storage']) {
      const facetOwners = translateAll(okRun()).flatMap(({ eventType, job, outputs }) =>
        outputs.filter(({ facets }) => facet in facets).map(({ name }) => `${eventType} ${job.name} ${name}`),
      );
      expect(facetOwners).toEqual([
        'COMPLETE daily.contracts /srv/market/data/contracts',
        'COMPLETE daily.chains /srv/market/data/chains',
        'COMPLETE daily.equity /srv/market/data/equity_bars',
        'COMPLETE daily.options /srv/market/data/option_bars',
      ]);
    }
    const starts = translateAll(okRun()).filter(({ eventType }) => eventType === 'START');
    expect(starts.flatMap(({ outputs }) => outputs)).toEqual([]);
    expect(starts.flatMap(({ inputs }) => inputs.map(({ facets }) => facets))).toEqual(Array(8).fill({}));
  });

  test('reports tables without exactly one step in the end event of the pipeline', () => {
    expect(findEndEvent(okRun(), 'daily').outputs).toEqual([]);
    const recovered = emptyRun();
    recovered.splice(-1, 0, {
      type: 'committed',
      at: recovered.at(-2)?.at ?? 0,
      runId,
      dataset: 'chains',
      version: 4,
      requests: 1,
      rows: 482,
      files: 1,
      bytes: 900,
      durationMs: 5,
    });
    const [chains] = findEndEvent(recovered, 'daily').outputs;
    expect(chains).toMatchObject({
      name: '/srv/market/data/chains',
      facets: { version: { datasetVersion: '4' }, schema: {} },
      outputFacets: { outputStatistics: { rowCount: 482, size: 900, fileCount: 1 } },
    });
  });

  test.each(Object.entries({ okRun, partialRun, failedRun, interruptedRun, emptyRun }))(
    'one START and one end for each: %s',
    (_name, events) => {
      const translated = translateAll(events());
      for (const id of new Set(translated.map(({ run }) => run.runId))) {
        const runEventTypes = translated.filter(({ run }) => run.runId === id).map(({ eventType }) => eventType);
        expect(runEventTypes).toEqual(['START', expect.stringMatching(/COMPLETE|FAIL|ABORT/)]);
      }
    },
  );

  test('returns inputs, outputs, time range and parent of a step', () => {
    const options = findEndEvent(okRun(), 'daily.options');
    expect(options.inputs.map(({ namespace, name }) => `${namespace} ${name}`)).toEqual([
      'market-data://mock option_bars',
      'file /srv/market/data/chains',
      'file /srv/market/data/equity_bars',
    ]);
    const [output] = options.outputs;
    expect(output?.outputFacets['outputStatistics']).toMatchObject({ rowCount: 600, size: 18_800, fileCount: 1 });
    expect(output?.facets['version']).toMatchObject({ datasetVersion: '8' });
    expect(output?.outputFacets['subset']?.['outputCondition']).toMatchObject({
      left: { comparison: 'GREATER_EQUAL_THAN' },
      right: { comparison: 'LESS_THAN' },
    });
    expect(output?.facets['columnLineage']?.['fields']).toMatchObject({
      close: { inputFields: [{ namespace: 'market-data://mock', name: 'option_bars', field: 'close' }] },
      strike: { inputFields: [{ namespace: 'file', name: '/srv/market/data/chains', field: 'strike' }] },
    });
    expect(options.run.facets['parent']).toMatchObject({ run: { runId }, job: { namespace: 'pipe', name: 'daily' } });
    expect(options.run.facets['nominalTime']).toMatchObject({ nominalEndTime: '2026-11-20T23:30:00Z' });
  });

  test('reports failed tasks, failed requests and corrupted files', () => {
    const contracts = findEndEvent(partialRun(), 'daily.contracts');
    expect(contracts.run.facets['errorMessage']).toMatchObject({
      message: '2 of 5 tasks failed, the first AAPLE: mock knows no stock AAPLE on SMART',
    });
    expect(contracts.inputs[0]?.inputFacets['dataQualityAssertions']?.['assertions']).toMatchObject([
      { assertion: 'requests_succeeded', success: false, expected: '5', actual: '3' },
    ]);
    const options = findEndEvent(partialRun(), 'daily.options');
    expect(options.inputs[1]?.inputFacets['dataQualityAssertions']?.['assertions']).toMatchObject([
      { assertion: 'files_intact', success: false, actual: '1' },
    ]);
    expect(findEndEvent(failedRun(), 'daily').run.facets['errorMessage']).toMatchObject({
      message: 'mock cannot be used: login refused',
    });
  });

  test('returns a few events for a large run', () => {
    expect(translateAll(largeRun(2_000)).length).toBeLessThan(8);
  });
});
