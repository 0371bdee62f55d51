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

/** Adds the task of an overview to a run. */
function withOverview(events: readonly RunEvent[]): RunEvent[] {
  const names = { task: 'overview/AAPL', step: 'overview', symbol: 'AAPL' };
  const step = { step: 'overview', dataset: 'overviews', provider: 'pipe', needs: ['options'], span: null } as const;
  return events.flatMap((event): RunEvent[] => {
    const { at } = event;
    if (event.type === 'planned')
      return [{ ...event, steps: [...event.steps, { ...step, tasks: 1, requests: 1, estimatedRequests: 0 }] }];
    if (event.type !== 'run-finished') return [event];
    const result = { requests: 1, rows: 1, durationMs: 1 };
    return [
      { at, runId, type: 'task-started', ...names, requests: 1 },
      { at, runId, type: 'task-finished', ...names, ...result, status: 'ok', absences: [] },
      event,
    ];
  });
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

  test('names the table that takes in the results of a crashed run in an event of that run', () => {
    const crashed = '01998a7e-0000-7c3a-9d21-5b0c7e6f1a2d';
    const events = okRun();
    const started = events[0]?.at ?? 0;
    events.splice(1, 0, {
      ...{ type: 'committed', at: started, runId, dataset: 'equity_bars', version: 7, requests: 2, rows: 500 },
      ...{ files: 1, bytes: 9000, durationMs: 5, recoveredFrom: { runId: crashed, pipeline: 'nightly' } },
    });
    const [recovery, ...others] = translateAll(events).filter(({ run }) => run.runId === crashed);
    expect(others).toEqual([]);
    expect(recovery).toMatchObject({
      ...{ eventType: 'OTHER', job: { name: 'nightly' } },
      run: { facets: { executionParameters: { parameters: [{ key: 'committed.by.run', value: runId }] } } },
      outputs: [{ name: '/srv/market/data/equity_bars', facets: { version: { datasetVersion: '7' } } }],
    });
  });

  test('names every table that an overview is computed from, earlier overviews among them', () => {
    const events = withOverview(okRun());
    const expected = ['option_snapshots', 'quotes', 'equity_bars', 'overviews', 'chains'];
    for (const event of translateAll(events).filter(({ job }) => job.name === 'daily.overview')) {
      expect(event.inputs.map(({ name }) => name)).toEqual(expected.map((name) => `/srv/market/data/${name}`));
    }
    const [output] = findEndEvent(events, 'daily.overview').outputs;
    const fields = output?.facets['columnLineage']?.['fields'] as Record<string, { inputFields: { name: string }[] }>;
    const tables = new Set(Object.values(fields).flatMap((field) => field.inputFields.map(({ name }) => name)));
    expect(tables).toEqual(new Set(expected.map((name) => `/srv/market/data/${name}`)));
    expect(fields['iv_rank']?.inputFields).toContainEqual(
      expect.objectContaining({ name: '/srv/market/data/overviews', field: 'atm_iv' }),
    );
  });

  test('names the tables of a statement when its step starts', () => {
    const query = 'SELECT symbol FROM equity_bars';
    const plan = { step: 'returns', uses: 'sql', dataset: 'returns', needs: ['equity'], query } as const;
    const events = okRun().flatMap((event): RunEvent[] => {
      if (event.type === 'planned') return [{ ...event, customSteps: [plan] }];
      if (event.type !== 'run-finished') return [event];
      const names = { at: event.at, runId, task: 'returns', step: 'returns', symbol: null, requests: 0 };
      return [{ ...names, type: 'task-started', inputs: { equity_bars: 5 } }, event];
    });
    const start = translateAll(events).find(
      ({ job, eventType }) => job.name === 'daily.returns' && eventType === 'START',
    );
    expect(start?.inputs).toMatchObject([
      { name: '/srv/market/data/equity_bars', facets: { version: { datasetVersion: '5' } } },
    ]);
  });

  test('returns a few events for a large run', () => {
    expect(translateAll(largeRun(2_000)).length).toBeLessThan(8);
  });
});
