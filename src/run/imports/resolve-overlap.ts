import type { ImportStep } from '../../config/pipeline/pipeline.js';
import type { ClosedWindow } from '../../core/fetch-result.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import type { BarRows } from '../../core/tables/select-bars.js';
import { intersect, noWindows, normalize, subtract, union } from '../../core/time/window.js';
import type { Windows } from '../../core/time/window.js';
import type { LakeState } from '../../lake/api.js';
import type { ReadFile } from '../../imports/read-file.js';
import type { ImportRecord, ImportedSeries } from '../../imports/records/import-record.js';
import type { ImportSettings } from '../../imports/rows/import-settings.js';
import type { ImportSeries } from '../../imports/rows/read-row.js';
import type { CollectedSeries } from '../../imports/series/collect-series.js';
import { pluralize } from '../../platform/format.js';
import { addComparison, compareSeries, describeComparison } from './compare-series.js';
import type { SeriesComparison } from './compare-series.js';
import type { ImportAccess, StoredSeries } from './import-access.js';
import { closeWindows, selectInside } from './select-inside.js';

/** What of one series of a file is stored. */
export interface ResolvedSeries {
  readonly name: SeriesName;
  readonly series: ImportSeries;
  /** Null for windows without bars. */
  readonly rows: BarRows | null;
  readonly lines: readonly number[];
  readonly closedWindows: readonly ClosedWindow[];
}

export interface ResolvedFile {
  readonly series: readonly ResolvedSeries[];
  /** Series that an earlier import of the same content has stored, and that stay as they are. */
  readonly carried: readonly ImportedSeries[];
  readonly comparisons: readonly string[];
  readonly warnings: readonly string[];
  readonly leftOut: Readonly<Record<string, number>>;
}

export interface OverlapResolver {
  resolve(content: ReadFile, former: readonly ImportRecord[], settings: ImportSettings): Promise<ResolvedFile>;
}

/** The most lines about comparisons of one file. */
const maxComparisons = 50;

/**
 * Decides what of a file is stored. What another file of the source has brought stays, unless the step replaces it; what an
 * earlier content of the same file has brought is replaced; bars of providers are only compared.
 */
export async function createOverlapResolver(
  step: ImportStep,
  access: ImportAccess,
  commit: () => Promise<void>,
): Promise<OverlapResolver> {
  const state = await access.readState();
  const providers = new Set([...state.series()].map(({ provider }) => provider));
  const added = new Map<SeriesName, Windows>();
  let hasPending = false;

  return {
    async resolve(content, former, settings) {
      const formerSeries = await readFormer(former, content.hash, step, access);
      const plans = content.series.map((collected) =>
        planSeries(collected, formerSeries, state, added, providers, step),
      );
      const stored = new Map<string, readonly StoredSeries[]>();
      const compared = plans.filter(({ isCompared }) => isCompared);
      if (compared.length > 0 && hasPending) {
        await commit();
        hasPending = false;
      }
      for (const { collected } of compared) await readStoredOnce(collected, content.series, stored, access);
      const report = new Map<string, SeriesComparison>();
      const resolved: ResolvedSeries[] = [];
      const carried: ImportedSeries[] = [];
      let keptFromOthers = 0;
      for (const plan of plans) {
        if (plan.carried !== null) {
          carried.push(plan.carried);
          continue;
        }
        addReports(plan, stored.get(plan.collected.series.instrument.symbol) ?? [], step, report);
        const one = resolveSeries(plan, step);
        keptFromOthers += plan.collected.rows.length - (one.rows?.length ?? 0);
        resolved.push(one);
        added.set(
          one.name,
          union(added.get(one.name) ?? noWindows, normalize(one.closedWindows.map(({ window }) => window))),
        );
      }
      hasPending ||= resolved.length > 0;
      const withdrawn = formerSeries.isSameContent ? withdraw(plans, formerSeries, settings, resolved) : [];
      return {
        series: [...resolved, ...withdrawn],
        carried,
        comparisons: describeReports(report),
        warnings: formerSeries.isSameContent ? [] : warnAboutLeft(plans, formerSeries),
        leftOut: keptFromOthers === 0 ? {} : { heldByOtherFiles: keptFromOthers },
      };
    },
  };
}

interface FormerSeries {
  readonly byName: ReadonlyMap<SeriesName, readonly ImportedSeries[]>;
  /** True if the content is the same, so that what it does not bring any more was brought by other settings. */
  readonly isSameContent: boolean;
  /** True if the settings are the same too. */
  readonly isSameDefinition: boolean;
}

async function readFormer(
  former: readonly ImportRecord[],
  hash: string,
  { definition }: ImportStep,
  access: ImportAccess,
): Promise<FormerSeries> {
  const byName = new Map<SeriesName, ImportedSeries[]>();
  for (const record of former) {
    for (const one of await access.readSeries(record)) {
      const known = byName.get(one.series);
      if (known === undefined) byName.set(one.series, [one]);
      else known.push(one);
    }
  }
  const isSameContent = former.length > 0 && former.every(({ sha256 }) => sha256 === hash);
  return {
    byName,
    isSameContent,
    isSameDefinition: isSameContent && former.every((one) => one.definition === definition),
  };
}

interface SeriesPlan {
  readonly collected: CollectedSeries;
  /** Windows that other files of the source have brought. */
  readonly others: Windows;
  /** Windows that this file has brought before. */
  readonly own: Windows;
  /** Providers with bars in the windows of the file. */
  readonly rivals: readonly ProviderName[];
  readonly isCompared: boolean;
  readonly carried: ImportedSeries | null;
}

function planSeries(
  collected: CollectedSeries,
  former: FormerSeries,
  state: LakeState,
  added: ReadonlyMap<SeriesName, Windows>,
  providers: ReadonlySet<ProviderName>,
  { source }: ImportStep,
): SeriesPlan {
  const { name, held, untraded } = collected;
  const before = former.byName.get(name) ?? [];
  const stored = listHeld(source, name, state);
  const claimed = normalize(before.flatMap(({ windows }) => windows));
  const own = intersect(claimed, stored);
  const others = union(subtract(stored, claimed), added.get(name) ?? noWindows);
  const [first] = before;
  const isStored = subtract(claimed, stored).length === 0;
  const isCarried = former.isSameDefinition && before.length === 1 && first !== undefined && isStored;
  const rivals = [...providers].filter(
    (provider) => provider !== source && intersect(held, listHeld(provider, name, state)).length > 0,
  );
  const wanted = union(held, untraded);
  const isCompared = !isCarried && (rivals.length > 0 || intersect(wanted, union(others, own)).length > 0);
  return { collected, others, own, rivals, isCompared, carried: isCarried ? first : null };
}

/** The windows of which the lake has the answer of a provider. */
function listHeld(provider: ProviderName, name: SeriesName, state: LakeState): Windows {
  const answered = state
    .coverage(provider, name)
    .filter((window) => ['data', 'provisional', 'rescaled', 'empty'].includes(window.state));
  return normalize(answered);
}

async function readStoredOnce(
  { series }: CollectedSeries,
  all: readonly CollectedSeries[],
  stored: Map<string, readonly StoredSeries[]>,
  access: ImportAccess,
): Promise<void> {
  const { symbol } = series.instrument;
  if (stored.has(symbol)) return;
  const windows = normalize(all.filter((one) => one.series.instrument.symbol === symbol).flatMap(({ held }) => held));
  const [start, end] = [windows[0]?.start ?? 0, windows.at(-1)?.end ?? 0];
  stored.set(symbol, await access.readStored(series, { start, end }));
}

function addReports(
  { collected, others, own, rivals }: SeriesPlan,
  stored: readonly StoredSeries[],
  { source }: ImportStep,
  report: Map<string, SeriesComparison>,
): void {
  const { name, held, rows, series } = collected;
  const compare = (provider: ProviderName, label: string, windows: Windows): void => {
    if (windows.length === 0) return;
    const found = stored.find((one) => one.provider === provider && one.series === name);
    if (found === undefined) return;
    const key = `${series.instrument.symbol}\n${label}`;
    report.set(key, addComparison(report.get(key), compareSeries(rows.columns, found.bars, windows)));
  };
  for (const rival of rivals) compare(rival, rival, held);
  compare(source, 'other files of the source', intersect(held, others));
  compare(source, 'the earlier content of the file', intersect(held, own));
}

function describeReports(report: ReadonlyMap<string, SeriesComparison>): readonly string[] {
  const lines = [...report].map(([key, comparison]) => {
    const [symbol = '', label = ''] = key.split('\n');
    return `${symbol}: ${describeComparison(label, comparison)}`;
  });
  const hidden = lines.length - maxComparisons;
  return hidden <= 0 ? lines : [...lines.slice(0, maxComparisons), `and ${pluralize(hidden, 'more symbol')}`];
}

function resolveSeries({ collected, others }: SeriesPlan, { onDifference }: ImportStep): ResolvedSeries {
  const { name, series, rows, lines, held, untraded } = collected;
  const blocked = onDifference === 'keep' ? others : noWindows;
  const accepted = subtract(held, blocked);
  const inside = selectInside(rows, lines, accepted);
  const quiet = subtract(untraded, union(others, accepted));
  return { name, series, ...inside, closedWindows: closeWindows(inside.rows, accepted, quiet) };
}

/** Removes bars that the same content brought with other settings. */
function withdraw(
  plans: readonly SeriesPlan[],
  { byName, isSameDefinition }: FormerSeries,
  settings: ImportSettings,
  resolved: readonly ResolvedSeries[],
): readonly ResolvedSeries[] {
  if (isSameDefinition) return [];
  const result: ResolvedSeries[] = [];
  for (const [name, before] of byName) {
    const plan = plans.find(({ collected }) => collected.name === name);
    const closed = normalize(
      resolved.filter((one) => one.name === name).flatMap((one) => one.closedWindows.map(({ window }) => window)),
    );
    const left = subtract(
      normalize(before.flatMap(({ windows }) => windows)),
      union(closed, plan?.others ?? noWindows),
    );
    const series = before[0] === undefined ? null : toSeries(before[0], settings);
    if (left.length === 0 || series === null) continue;
    result.push({ name, series, rows: null, lines: [], closedWindows: closeWindows(null, noWindows, left) });
  }
  return result;
}

/** Null for a symbol that the pipeline no longer has. */
function toSeries({ symbol, option }: ImportedSeries, settings: ImportSettings): ImportSeries | null {
  const instrument = settings.symbols.get(symbol)?.instrument;
  if (instrument === undefined) return null;
  const { source: provider, barSize, priceType, hours } = settings;
  return option === null
    ? { dataset: 'equity_bars', provider, instrument, barSize, priceType, hours }
    : { dataset: 'option_bars', provider, instrument, contract: { ...option, conId: null }, barSize, priceType, hours };
}

function warnAboutLeft(plans: readonly SeriesPlan[], { byName }: FormerSeries): readonly string[] {
  let series = 0;
  for (const [name, before] of byName) {
    const found = plans.find(({ collected }) => collected.name === name)?.collected;
    const now = found === undefined ? noWindows : union(found.held, found.untraded);
    if (subtract(normalize(before.flatMap(({ windows }) => windows)), now).length > 0) series++;
  }
  if (series === 0) return [];
  return [
    `it no longer has all sessions that its earlier content brought (${pluralize(series, 'series', 'series')}); their bars stay`,
  ];
}
