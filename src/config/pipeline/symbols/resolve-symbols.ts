import type { SymbolContainer, Mention } from './collect-mentions.js';
import type { PipelineSymbol, Step } from '../pipeline.js';
import { didYouMean, problem, warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { describeCalendarsOf, getDefaultCalendar, haveSameSessions } from './exchange-defaults.js';
import { resolveSymbolSettings, symbolSettingNames } from './symbol-settings.js';
import type { SymbolSettings } from './symbol-settings.js';
import { quote } from '../../yaml/quote.js';

/**
 * Merges the mentions of each symbol and sorts the symbols by priority. Settings of the symbol itself take precedence over
 * those of its group or file; different settings at the same level are an error.
 */
export function resolveSymbols(
  mentions: readonly Mention[],
  defaults: SymbolSettings,
  steps: readonly Step[],
  report: ReportDiagnostic,
): readonly PipelineSymbol[] {
  const bySymbol = new Map<string, Mention | Mention[]>();
  for (const mention of mentions) {
    const existing = bySymbol.get(mention.symbol);
    if (existing === undefined) bySymbol.set(mention.symbol, mention);
    else if (Array.isArray(existing)) existing.push(mention);
    else bySymbol.set(mention.symbol, [existing, mention]);
  }
  warnAboutSpelling(bySymbol, report);

  const expandNeeds = createNeedsExpander(steps);
  const symbols: PipelineSymbol[] = [];
  for (const found of bySymbol.values()) {
    const all = Array.isArray(found) ? found : [found];
    const symbol = resolveSymbol(all, defaults, expandNeeds, report);
    if (symbol !== null) checkIds(symbol, all, steps, report);
    if (symbol !== null) symbols.push(symbol);
  }
  return symbols.sort((a, b) => a.priority - b.priority);
}

function resolveSymbol(
  mentions: readonly Mention[],
  defaults: SymbolSettings,
  expandNeeds: (steps: readonly string[]) => readonly string[] | null,
  report: ReportDiagnostic,
): PipelineSymbol | null {
  const [first] = mentions;
  if (first === undefined) return null;
  let ownSettings = first.settings;
  let containerSettings = first.container.settings;
  if (mentions.length > 1) {
    if (!reportDuplicates(mentions, report)) return null;
    ownSettings = mergeSettings(mentions.map((mention) => mention.settings));
    containerSettings = mergeSettings(mentions.map((mention) => mention.container.settings));
  }
  const { kind, exchange, currency, calendar, priority } = resolveSymbolSettings([
    ownSettings,
    containerSettings,
    defaults,
  ]);
  const { symbol, location } = first;
  if (calendar === null) {
    const where = exchange === 'SMART' ? `in ${currency}` : `at ${exchange}`;
    const calendars = exchange === 'SMART' ? describeCalendarsOf(currency) : null;
    const suggestion =
      calendars === null
        ? 'set its `calendar` to one with the sessions of its exchange; `pipe calendar --help` lists them'
        : `set its \`exchange\`, or its \`calendar\`: ${calendars}`;
    report(problem('no-calendar', location, `${quote(symbol)} ${where} has no default calendar`, { suggestion }));
    return null;
  }
  const ofExchange = exchange === 'SMART' ? null : getDefaultCalendar(exchange, currency);
  if (ofExchange !== null && !haveSameSessions(ofExchange, calendar))
    report(
      warning('other-calendar', location, `${quote(symbol)} at ${exchange} follows the calendar ${calendar}`, {
        suggestion: `the sessions of ${exchange} are those of ${ofExchange}: sessions are lost where the two differ`,
      }),
    );
  const groups = new Set(
    mentions.flatMap((mention) => (mention.container.group === null ? [] : [mention.container.group])),
  );
  const selected = selectSteps(mentions);
  const ids = mentions.find((mention) => mention.ids !== null)?.ids ?? null;
  return {
    instrument: { symbol, kind, exchange, currency, calendar, ...(ids === null ? {} : { ids }) },
    priority,
    groups: [...groups],
    steps: selected === null ? null : expandNeeds(selected),
    acceptsDenied: false,
  };
}

/** Reports ids of a symbol whose data come from a provider that finds instruments by their symbols only. */
function checkIds(
  { instrument: { symbol, ids }, steps: selected }: PipelineSymbol,
  mentions: readonly Mention[],
  steps: readonly Step[],
  report: ReportDiagnostic,
): void {
  const location = mentions.find((mention) => mention.ids !== null)?.location;
  if (ids === undefined || location === undefined) return;
  const other = steps.find(({ name, provider }) => (selected?.includes(name) ?? true) && provider !== 'ib');
  if (other === undefined) return;
  const message = `${quote(symbol)} is identified by more than its symbol, and ${other.provider} finds instruments by their symbols only`;
  report(
    problem('unsupported-ids', location, message, {
      suggestion: 'use provider ib, or remove con_id, isin, figi and primary_exchange',
    }),
  );
}

/** Merges settings that do not conflict. */
function mergeSettings(levels: readonly SymbolSettings[]): SymbolSettings {
  let all: SymbolSettings = {};
  for (const level of new Set(levels)) all = { ...all, ...level };
  return all;
}

/** Returns the steps of the symbol itself, else those of all its lists; null means all steps. */
function selectSteps(mentions: readonly Mention[]): readonly string[] | null {
  const ownSteps = mentions.find((mention) => mention.steps !== null)?.steps ?? null;
  if (ownSteps !== null) return ownSteps;
  const lists = mentions.map((mention) => mention.container.steps);
  return lists.includes(null) ? null : lists.flatMap((list) => list ?? []);
}

/** Reports conflicting and repeated mentions. Returns false if they conflict. */
function reportDuplicates(mentions: readonly Mention[], report: ReportDiagnostic): boolean {
  let agrees = true;
  for (const name of symbolSettingNames) {
    const ownConflict = findConflict(mentions, (mention) => mention.settings[name]);
    const hasOwnSetting = mentions.some((mention) => mention.settings[name] !== undefined);
    const containerConflict = hasOwnSetting
      ? null
      : findConflict(mentions, (mention) => mention.container.settings[name]);
    for (const [pair, suggestion] of [
      [ownConflict, 'set it once'],
      [containerConflict, 'set it on the symbol itself, which takes precedence over its groups'],
    ] as const) {
      if (pair === null) continue;
      agrees = false;
      reportConflict(name, pair, suggestion, report);
    }
  }
  const ids = findConflict(mentions, ({ ids: given }) => (given === null ? undefined : Object.values(given).join(' ')));
  if (ids !== null) {
    agrees = false;
    reportConflict('ids', ids, 'set them once', report);
  }
  const steps = findConflict(mentions, (mention) => mention.steps?.join(', '));
  if (steps !== null) {
    agrees = false;
    reportConflict('steps', steps, 'set it once', report);
  }
  if (agrees) warnAboutDuplicates(mentions, report);
  return agrees;
}

interface Conflict {
  readonly first: Mention;
  readonly second: Mention;
  readonly values: readonly [string, string];
}

function findConflict(
  mentions: readonly Mention[],
  getValue: (mention: Mention) => string | number | undefined,
): Conflict | null {
  const [first, ...others] = mentions.filter((mention) => getValue(mention) !== undefined);
  const second = first === undefined ? undefined : others.find((mention) => getValue(mention) !== getValue(first));
  if (first === undefined || second === undefined) return null;
  return { first, second, values: [String(getValue(first)), String(getValue(second))] };
}

function reportConflict(
  name: string,
  { first, second, values }: Conflict,
  suggestion: string,
  report: ReportDiagnostic,
): void {
  const message = `conflicting ${name} of ${quote(second.symbol)}: ${values[1]} here, ${values[0]} elsewhere`;
  report(
    problem('conflicting-symbol', second.location, message, {
      related: [{ message: `${values[0]} here`, location: first.location }],
      suggestion,
    }),
  );
}

function warnAboutDuplicates(mentions: readonly Mention[], report: ReportDiagnostic): void {
  const firsts = new Map<SymbolContainer, Mention>();
  for (const mention of mentions) {
    const first = firsts.get(mention.container);
    if (first === undefined) {
      firsts.set(mention.container, mention);
      continue;
    }
    report(
      warning('duplicate-symbol', mention.location, `${quote(mention.symbol)} is listed twice; it is fetched once`, {
        related: [{ message: 'the first one', location: first.location }],
      }),
    );
  }
}

/** Warns about spellings that exchanges do not use, which are usually mistakes. */
function warnAboutSpelling(bySymbol: ReadonlyMap<string, Mention | Mention[]>, report: ReportDiagnostic): void {
  const seen = new Map<string, Mention>();
  for (const found of bySymbol.values()) {
    const mention = Array.isArray(found) ? found[0] : found;
    if (mention === undefined) continue;
    const { symbol, location } = mention;
    const key = symbol.toUpperCase();
    const similar = seen.get(key);
    if (similar === undefined) seen.set(key, mention);
    if (similar !== undefined) {
      const message = `${quote(symbol)} and ${quote(similar.symbol)} differ only in case; both are fetched`;
      report(
        warning('similar-symbols', location, message, {
          related: [{ message: 'the other one', location: similar.location }],
        }),
      );
    } else if (/[a-z]/.test(symbol) && !/[A-Z]/.test(symbol)) {
      const message = `${quote(symbol)} is in lower case; exchanges write symbols in capitals`;
      report(warning('lower-case-symbol', location, message, { suggestion: didYouMean(key) }));
    } else if (/^[A-Za-z0-9]+\.$/.test(symbol)) {
      const message = `${quote(symbol)} ends with a dot`;
      report(warning('trailing-dot', location, message, { suggestion: didYouMean(symbol.slice(0, -1)) }));
    }
  }
}

/** Adds the steps that the selected steps need; null means all steps. Equal selections share one list. */
function createNeedsExpander(steps: readonly Step[]): (selected: readonly string[]) => readonly string[] | null {
  const cache = new Map<string, readonly string[] | null>();
  return (selected) => {
    const key = selected.join(',');
    const cached = cache.get(key);
    if (cached !== undefined) return cached;
    const included = new Set(selected);
    // Steps come after the steps they need, so one pass from the end finds all of them.
    for (const step of steps.toReversed())
      if (included.has(step.name)) for (const need of step.needs) included.add(need);
    const names = steps.map((step) => step.name).filter((name) => included.has(name));
    const result = names.length === steps.length ? null : names;
    cache.set(key, result);
    return result;
  };
}
