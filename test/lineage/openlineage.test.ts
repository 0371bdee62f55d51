import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/core/events.js';
import { openLineageTranslator } from '../../src/lineage/openlineage.js';
import type { OpenLineageEvent } from '../../src/lineage/openlineage-types.js';
import { emptyRun, failedRun, interruptedRun, largeRun, okRun, partialRun, runId } from '../report/sample-runs.js';

function tell(events: readonly RunEvent[]): OpenLineageEvent[] {
  const translate = openLineageTranslator();
  return events.flatMap((event) => translate(event));
}

function story(events: readonly RunEvent[]): string[] {
  return tell(events).map(({ eventType, job }) => `${eventType} ${job.name}`);
}

function ending(events: readonly RunEvent[], job: string): OpenLineageEvent {
  const event = tell(events).find((one) => one.job.name === job && one.eventType !== 'START');
  if (event === undefined) throw new Error(`${job} has no end`);
  return event;
}

describe('a run in the words of OpenLineage', () => {
  test('steps end when what they brought is stored', () => {
    expect(story(okRun())).toEqual([
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

  test('what is not whole fails, what is cut short or never begun is aborted, what is there is complete', () => {
    const ends = (events: readonly RunEvent[]): string[] =>
      story(events)
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
    expect(ends(emptyRun())).toEqual([
      'COMPLETE daily',
      'COMPLETE daily.chains',
      'COMPLETE daily.contracts',
      'COMPLETE daily.equity',
      'COMPLETE daily.options',
    ]);
  });

  test.each(Object.entries({ okRun, partialRun, failedRun, interruptedRun, emptyRun }))(
    'one START and one end for each: %s',
    (_name, events) => {
      const told = tell(events());
      for (const id of new Set(told.map(({ run }) => run.runId))) {
        const own = told.filter(({ run }) => run.runId === id).map(({ eventType }) => eventType);
        expect(own).toEqual(['START', expect.stringMatching(/COMPLETE|FAIL|ABORT/)]);
      }
    },
  );

  test('a step says what it wrote, whence, over which span, and whom it belongs to', () => {
    const options = ending(okRun(), 'daily.options');
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

  test('trouble is told: what failed, what the source refused, which files were damaged', () => {
    const contracts = ending(partialRun(), 'daily.contracts');
    expect(contracts.run.facets['errorMessage']).toMatchObject({
      message: '2 of 5 tasks failed, the first AAPLE: mock knows no stock AAPLE on SMART',
    });
    expect(contracts.inputs[0]?.inputFacets['dataQualityAssertions']?.['assertions']).toMatchObject([
      { assertion: 'answered', success: false, expected: '5', actual: '3' },
    ]);
    const options = ending(partialRun(), 'daily.options');
    expect(options.inputs[1]?.inputFacets['dataQualityAssertions']?.['assertions']).toMatchObject([
      { assertion: 'files_as_written', success: false, actual: '1' },
    ]);
    expect(ending(failedRun(), 'daily').run.facets['errorMessage']).toMatchObject({
      message: 'mock cannot be used: login refused',
    });
  });

  test('a large run is still told in a few events', () => {
    expect(tell(largeRun(2_000)).length).toBeLessThan(8);
  });
});
