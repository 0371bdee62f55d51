import { rowKeyColumns } from '../../../core/tables/row-key.js';
import { datasets, getColumns } from '../../../core/tables/tables.js';
import type { Dataset } from '../../../core/tables/tables.js';
import { minute } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';
import { parsePostgresUrl, postgresUrlExample } from '../../../platform/urls/postgres-url.js';
import { closestMatch } from '../../../platform/suggest.js';
import { joinList } from '../../../platform/format.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { didYouMean, problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { PipelineSymbol, Step } from '../pipeline.js';
import type { InfluxSink as RawInfluxSink, Sink as RawSink } from '../schema.generated.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';
import type { CopiedTable, DisabledSink, InfluxSinkSettings, SinkSettings } from './sinks.js';

interface SinkContext {
  readonly validated: ValidatedPipeline;
  readonly steps: readonly Step[];
  readonly symbols: readonly PipelineSymbol[];
  readonly report: ReportDiagnostic;
}

/** The table that a step fills. */
const stepTables: Readonly<Record<Step['uses'], Dataset>> = {
  contracts: 'contracts',
  chains: 'chains',
  history: 'history_starts',
  equity: 'equity_bars',
  options: 'option_bars',
  quotes: 'quotes',
  snapshots: 'option_snapshots',
  overview: 'overviews',
};

/** Reads the sinks and resolves their tables, columns and symbols. */
export function readSinks(
  validated: ValidatedPipeline,
  disabled: readonly DisabledSink[],
  steps: readonly Step[],
  symbols: readonly PipelineSymbol[],
  report: ReportDiagnostic,
): readonly SinkSettings[] {
  const context = { validated, steps, symbols, report };
  const sinks = Object.entries(validated.file.sinks ?? {}).map(([name, raw]) => readSink(name, raw, context));
  return [...sinks, ...disabled];
}

function readSink(name: string, raw: RawSink, context: SinkContext): SinkSettings {
  const base = { name, tables: readTables(name, raw, context) };
  const limit = (byDefault: Duration): Duration => readTimeout(name, raw, byDefault, context);
  switch (raw.kind) {
    case 'csv':
      return { kind: 'csv', ...base, folder: raw.folder, gzip: raw.gzip ?? false };
    case 'postgres':
      return { kind: 'postgres', ...base, url: readPostgresUrl(name, raw.url, context), timeout: limit(5 * minute) };
    case 'influx':
      return {
        kind: 'influx',
        ...base,
        url: raw.url,
        target: readInfluxTarget(name, raw, context),
        precision: raw.precision ?? 'ms',
        timeout: limit(2 * minute),
      };
    case 'http':
      for (const key of ['url', 'read_url'] as const) checkUrl(name, key, raw[key], context);
      return {
        kind: 'http',
        ...base,
        url: raw.url,
        readUrl: raw.read_url ?? null,
        secret: raw.secret,
        timeout: limit(minute),
      };
  }
}

function readTimeout(name: string, raw: RawSink, byDefault: Duration, { validated, report }: SinkContext): Duration {
  const text = 'timeout' in raw ? raw.timeout : undefined;
  if (text === undefined) return byDefault;
  const path = ['sinks', name, 'timeout'];
  const timeout = createDurationReader(validated, report)(text, path);
  if (timeout === null || timeout > 0) return timeout ?? byDefault;
  report(problem('out-of-range', findLocation(validated.root, path), 'the time limit of a sink cannot be zero'));
  return byDefault;
}

/** Returns the address as it is: it is a secret, which no problem may show. */
function readPostgresUrl(name: string, url: string, { validated, report }: SinkContext): string {
  const parsed = parsePostgresUrl(url);
  if (typeof parsed === 'string')
    report(
      problem(
        'invalid-url',
        findLocation(validated.root, ['sinks', name, 'url']),
        `the address of the sink ${parsed}`,
        {
          suggestion: postgresUrlExample,
        },
      ),
    );
  return url;
}

function readInfluxTarget(
  name: string,
  { database, bucket, org, token, url }: RawInfluxSink,
  context: SinkContext,
): InfluxSinkSettings['target'] {
  const { validated, report } = context;
  const path = ['sinks', name];
  const unused = (['bucket', 'org', 'token'] as const).find((key) => ({ bucket, org, token })[key] !== undefined);
  if (database !== undefined && unused !== undefined)
    report(
      problem(
        'conflicting-keys',
        findKeyLocation(validated.root, [...path, unused]),
        `a sink has \`database\` for InfluxDB 1, or \`bucket\` and \`${unused === 'org' ? 'org' : 'token'}\` for InfluxDB 2, not both`,
        { suggestion: 'remove one of them' },
      ),
    );
  checkUrl(name, 'url', url, context);
  if (database !== undefined) return { kind: 'database', database };
  if (bucket === undefined)
    report(
      problem('missing-key', findLocation(validated.root, path), 'the sink needs `bucket` or `database`', {
        suggestion: 'add `bucket:` for InfluxDB 2, or `database:` for InfluxDB 1',
      }),
    );
  return {
    kind: 'bucket',
    bucket: bucket ?? '',
    org: org ?? null,
    token: token === undefined || token === '' ? null : token,
  };
}

function checkUrl(name: string, key: string, url: string | undefined, { validated, report }: SinkContext): void {
  if (url === undefined || URL.canParse(url)) return;
  const location = findLocation(validated.root, ['sinks', name, key]);
  report(problem('invalid-url', location, 'the address of the sink is not a valid URL'));
}

function readTables(name: string, raw: RawSink, context: SinkContext): readonly CopiedTable[] {
  const { symbols, report, validated } = context;
  const path = ['sinks', name];
  if (raw.tables !== undefined && raw.steps !== undefined)
    report(
      problem(
        'conflicting-keys',
        findKeyLocation(validated.root, [...path, 'steps']),
        'a sink has `tables` or `steps`, not both',
        { suggestion: 'remove one of them' },
      ),
    );
  const known = symbols.map(({ instrument }) => instrument.symbol);
  for (const [index, symbol] of (raw.symbols ?? []).entries()) {
    if (known.includes(symbol)) continue;
    report(
      problem(
        'unknown-symbol',
        findLocation(validated.root, [...path, 'symbols', index]),
        `the pipeline has no symbol ${quote(symbol)}`,
        { suggestion: didYouMean(closestMatch(symbol, known)) },
      ),
    );
  }
  const selected = raw.tables ?? tablesOfSteps(name, raw.steps, context);
  return datasets
    .filter((dataset) => selected.includes(dataset))
    .map((dataset) => ({
      dataset,
      columns: readColumns(name, raw, dataset, context),
      symbols: raw.symbols ?? null,
    }));
}

function tablesOfSteps(
  name: string,
  names: readonly string[] | undefined,
  { steps, validated, report }: SinkContext,
): readonly Dataset[] {
  for (const [index, step] of (names ?? []).entries()) {
    if (validated.stepNames.includes(step)) continue;
    report(
      problem(
        'unknown-step',
        findLocation(validated.root, ['sinks', name, 'steps', index]),
        `the pipeline has no step ${quote(step)}`,
        { suggestion: didYouMean(closestMatch(step, validated.stepNames)) },
      ),
    );
  }
  return steps.filter((step) => names?.includes(step.name) ?? true).map(({ uses }) => stepTables[uses]);
}

function readColumns(
  name: string,
  raw: RawSink,
  dataset: Dataset,
  { validated, report }: SinkContext,
): readonly string[] {
  const all = Object.keys(getColumns(dataset));
  const chosen = raw.columns?.[dataset];
  if (chosen === undefined) return all;
  for (const [index, column] of chosen.entries()) {
    if (all.includes(column)) continue;
    report(
      problem(
        'unknown-column',
        findLocation(validated.root, ['sinks', name, 'columns', dataset, index]),
        `${quote(column)} is not a column of ${dataset}`,
        { suggestion: didYouMean(closestMatch(column, all)) ?? `one of ${joinList(all, 'or')}` },
      ),
    );
  }
  const key = rowKeyColumns(dataset);
  return all.filter((column) => chosen.includes(column) || key.includes(column));
}

/** Addresses and tokens, to redact in all output. */
export function listSinkSecrets(sinks: readonly SinkSettings[]): readonly string[] {
  return sinks.flatMap((sink) => {
    if (sink.kind === 'postgres') return listAddressSecrets(sink.url);
    if (sink.kind === 'http')
      return [
        sink.secret,
        ...listAddressSecrets(sink.url),
        ...(sink.readUrl === null ? [] : listAddressSecrets(sink.readUrl)),
      ];
    if (sink.kind !== 'influx') return [];
    const token = sink.target.kind === 'bucket' ? sink.target.token : null;
    return [...listAddressSecrets(sink.url), ...(token === null ? [] : [token])];
  });
}

function listAddressSecrets(url: string): readonly string[] {
  if (!URL.canParse(url)) return [url];
  const { password } = new URL(url);
  return password === '' ? [] : [url, password, decodeURIComponent(password)];
}
