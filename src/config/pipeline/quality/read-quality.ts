import { isBarTable } from '../../../core/quality/quality-rule.js';
import type { QualityKind, QualityRule, Thresholds } from '../../../core/quality/quality-rule.js';
import { getColumns } from '../../../core/tables/tables.js';
import type { Dataset } from '../../../core/tables/tables.js';
import { day } from '../../../core/time/time.js';
import { joinList } from '../../../platform/format.js';
import { closestMatch } from '../../../platform/suggest.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { didYouMean, problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { PipelineSymbol } from '../pipeline.js';
import type { QualityRule as RawRule, QualityThresholds as RawThresholds } from '../schema.generated.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

type Limit = 'min' | 'max' | 'bars' | 'max_age';

/** What a kind of rule examines, and its settings. */
interface KindSettings {
  /** The first is the default; null if the rule has to name one of all tables. */
  readonly tables: readonly Dataset[] | null;
  readonly limits: readonly Limit[];
  /** The default of the column; undefined if the kind examines no single column. */
  readonly column?: string | null;
  /** False for kinds whose violations are not rows. */
  readonly canQuarantine: boolean;
  readonly defaults: Partial<Thresholds>;
}

const bars = ['equity_bars', 'option_bars'] as const;

const kinds: Readonly<Record<QualityKind, KindSettings>> = {
  range: { tables: null, limits: ['min', 'max'], column: null, canQuarantine: true, defaults: {} },
  jump: {
    tables: bars,
    limits: ['max', 'bars'],
    column: 'close',
    canQuarantine: true,
    defaults: { max: 12, bars: 60 },
  },
  frozen: { tables: bars, limits: ['bars'], column: 'close', canQuarantine: true, defaults: { bars: 5 } },
  missing_bars: { tables: bars, limits: ['max'], canQuarantine: false, defaults: { max: 0 } },
  intraday_against_daily: { tables: ['equity_bars'], limits: ['max'], canQuarantine: false, defaults: { max: 0.01 } },
  bid_ask: { tables: ['option_snapshots', 'quotes'], limits: ['max'], canQuarantine: true, defaults: {} },
  no_arbitrage: { tables: ['option_snapshots'], limits: ['max'], canQuarantine: true, defaults: { max: 0.005 } },
  monotone_strikes: { tables: ['option_snapshots'], limits: ['max'], canQuarantine: true, defaults: { max: 0 } },
  put_call_parity: { tables: ['option_snapshots'], limits: ['max'], canQuarantine: true, defaults: { max: 0.05 } },
  freshness: { tables: null, limits: ['max_age'], canQuarantine: false, defaults: { maxAge: 4 * day } },
  sql: { tables: null, limits: [], canQuarantine: true, defaults: {} },
};

interface RuleContext {
  readonly validated: ValidatedPipeline;
  readonly symbols: readonly PipelineSymbol[];
  readonly report: ReportDiagnostic;
}

/** Reads the quality rules of a pipeline, in file order. */
export function readQuality(
  validated: ValidatedPipeline,
  symbols: readonly PipelineSymbol[],
  report: ReportDiagnostic,
): readonly QualityRule[] {
  const context = { validated, symbols, report };
  return Object.entries(validated.file.quality ?? {}).flatMap(([name, raw]) => readRule(name, raw, context) ?? []);
}

function readRule(name: string, raw: RawRule, context: RuleContext): QualityRule | null {
  const { validated, report } = context;
  const path = ['quality', name];
  const location = findKeyLocation(validated.root, path);
  if ((raw.kind === undefined) === (raw.sql === undefined)) {
    if (validated.wasDropped([...path, 'kind']) || validated.wasDropped([...path, 'sql'])) return null;
    const message =
      raw.kind === undefined ? `\`${name}\` has no \`kind\` and no \`sql\`` : `\`${name}\` has a \`kind\` and \`sql\``;
    const suggestion = raw.kind === undefined ? 'add `kind: jump`, or `sql: SELECT …`' : 'remove one of them';
    report(problem('ambiguous-rule', location, message, { suggestion }));
    return null;
  }
  const kind = raw.kind ?? 'sql';
  const settings = kinds[kind];
  rejectUnusedSettings(name, kind, raw, context);
  const dataset = readTable(name, kind, raw, context);
  if (dataset === null) return null;
  const { severity = 'warning', on_fail: onFail = 'report', gap: isGap = false } = raw;
  if (onFail === 'quarantine' && !settings.canQuarantine)
    report(
      problem(
        'conflicting-keys',
        findLocation(validated.root, [...path, 'on_fail']),
        `\`${kind}\` finds no rows that could be quarantined`,
        { suggestion: 'remove `on_fail`' },
      ),
    );
  if (isGap && (onFail !== 'quarantine' || !isBarTable(dataset)))
    report(
      problem(
        'conflicting-keys',
        findLocation(validated.root, [...path, 'gap']),
        '`gap` needs `on_fail: quarantine` and a table of bars',
        { suggestion: 'only bars can be requested again: remove `gap`' },
      ),
    );
  return {
    name,
    kind,
    dataset,
    column: readColumn(name, kind, raw, dataset, context),
    sql: raw.sql ?? null,
    severity,
    onFail,
    isGap,
    symbols: readSymbols(name, raw, context),
    examinesAll: raw.symbols === undefined,
    thresholds: readThresholds(raw, kind, path, context),
    overrides: readOverrides(name, raw, kind, context),
  };
}

function rejectUnusedSettings(name: string, kind: QualityKind, raw: RawRule, { validated, report }: RuleContext): void {
  const { limits, column } = kinds[kind];
  const used: ReadonlySet<string> = new Set([
    ...limits,
    ...(column === undefined ? [] : ['column']),
    ...(kind === 'sql' ? [] : ['symbols', 'groups']),
  ]);
  const reject = (settings: object, path: readonly string[]): void => {
    for (const key of ['min', 'max', 'bars', 'max_age', 'column', 'symbols', 'groups']) {
      if (!(key in settings) || used.has(key)) continue;
      const where = findKeyLocation(validated.root, [...path, key]);
      report(
        problem('conflicting-keys', where, `\`${key}\` is no setting of \`${kind}\``, {
          suggestion: `remove \`${key}\``,
        }),
      );
    }
  };
  reject(raw, ['quality', name]);
  for (const [group, settings] of Object.entries(raw.groups ?? {}))
    reject(settings, ['quality', name, 'groups', group]);
}

function readTable(name: string, kind: QualityKind, raw: RawRule, { validated, report }: RuleContext): Dataset | null {
  const { tables } = kinds[kind];
  const path = ['quality', name, 'table'];
  if (raw.table === undefined) {
    const first = tables?.[0];
    if (first !== undefined) return first;
    if (!validated.wasDropped(path))
      report(
        problem('missing-key', findKeyLocation(validated.root, ['quality', name]), `\`${name}\` needs a \`table\``, {
          suggestion: 'add `table: equity_bars`',
        }),
      );
    return null;
  }
  if (tables === null || tables.includes(raw.table)) return raw.table;
  const message = `\`${kind}\` examines ${joinList(tables, 'or')}, not ${raw.table}`;
  report(problem('conflicting-keys', findLocation(validated.root, path), message));
  return null;
}

const numericTypes: ReadonlySet<string> = new Set(['number', 'integer']);

function readColumn(
  name: string,
  kind: QualityKind,
  raw: RawRule,
  dataset: Dataset,
  { validated, report }: RuleContext,
): string | null {
  const { column: fallback } = kinds[kind];
  if (fallback === undefined) return null;
  const columns = getColumns(dataset);
  const numeric = Object.keys(columns).filter((one) => numericTypes.has(columns[one]?.type ?? ''));
  const column = raw.column ?? fallback;
  const path = ['quality', name];
  if (column === null) {
    report(
      problem('missing-key', findKeyLocation(validated.root, path), `\`${name}\` needs a \`column\``, {
        suggestion: `add \`column:\` with one of ${joinList(numeric, 'or')}`,
      }),
    );
    return null;
  }
  if (!numeric.includes(column))
    report(
      problem(
        'unknown-column',
        findLocation(validated.root, [...path, 'column']),
        `${quote(column)} is not a numeric column of ${dataset}`,
        { suggestion: didYouMean(closestMatch(column, numeric)) ?? `one of ${joinList(numeric, 'or')}` },
      ),
    );
  return column;
}

function readSymbols(name: string, raw: RawRule, { validated, symbols, report }: RuleContext): readonly string[] {
  const known = symbols.map(({ instrument }) => instrument.symbol);
  if (raw.symbols === undefined) return known;
  const all = new Set(known);
  for (const [index, symbol] of raw.symbols.entries()) {
    if (all.has(symbol)) continue;
    const where = findLocation(validated.root, ['quality', name, 'symbols', index]);
    const suggestion = didYouMean(closestMatch(symbol, known));
    report(problem('unknown-symbol', where, `the pipeline has no symbol ${quote(symbol)}`, { suggestion }));
  }
  return raw.symbols;
}

function readOverrides(name: string, raw: RawRule, kind: QualityKind, context: RuleContext): QualityRule['overrides'] {
  const { validated, symbols, report } = context;
  const known = Object.keys(validated.file.groups ?? {});
  return Object.entries(raw.groups ?? {}).map(([group, settings]) => {
    const path = ['quality', name, 'groups', group];
    if (!known.includes(group) && !validated.wasDropped(['groups', group])) {
      const where = findKeyLocation(validated.root, path);
      const suggestion = didYouMean(closestMatch(group, known)) ?? 'add it under `groups`';
      report(problem('unknown-group', where, `the pipeline has no group ${quote(group)}`, { suggestion }));
    }
    return {
      symbols: symbols.filter(({ groups }) => groups.includes(group)).map(({ instrument }) => instrument.symbol),
      thresholds: readThresholds({ ...pickThresholds(raw), ...settings }, kind, path, context),
    };
  });
}

function pickThresholds({ min, max, bars: count, max_age: maxAge }: RawThresholds): RawThresholds {
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(count === undefined ? {} : { bars: count }),
    ...(maxAge === undefined ? {} : { max_age: maxAge }),
  };
}

function readThresholds(
  raw: RawThresholds,
  kind: QualityKind,
  path: readonly string[],
  { validated, report }: RuleContext,
): Thresholds {
  const { defaults } = kinds[kind];
  const { min = defaults.min ?? null, max = defaults.max ?? null, bars: count = defaults.bars ?? null } = raw;
  if (kind === 'range' && min === null && max === null)
    report(
      problem('missing-key', findKeyLocation(validated.root, path), 'a range needs `min` or `max`', {
        suggestion: 'add `min: 0`',
      }),
    );
  if (kind === 'range' && min !== null && max !== null && min > max)
    report(problem('out-of-range', findLocation(validated.root, [...path, 'min']), '`min` is larger than `max`'));
  const age =
    raw.max_age === undefined ? null : createDurationReader(validated, report)(raw.max_age, [...path, 'max_age']);
  return { min, max, bars: count, maxAge: age ?? defaults.maxAge ?? null };
}
