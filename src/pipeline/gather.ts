import type { Container, Mention } from './mentions.js';
import type { PipelineSymbol, Step } from './pipeline.js';
import { problem, warning } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { resolveSettings, settingNames } from './settings.js';
import type { SymbolSettings } from './settings.js';
import { enumerate, quote } from '../yaml/text.js';

/**
 * Makes one symbol of all its mentions, in the order of their priorities. What is said of the symbol itself comes before
 * what is said of a group or file it stands in; two mentions that say different things on the same level are an error.
 */
export function gatherSymbols(
  mentions: readonly Mention[],
  defaults: SymbolSettings,
  steps: readonly Step[],
  report: Report,
): readonly PipelineSymbol[] {
  const bySymbol = new Map<string, Mention | Mention[]>();
  for (const mention of mentions) {
    const before = bySymbol.get(mention.symbol);
    if (before === undefined) bySymbol.set(mention.symbol, mention);
    else if (Array.isArray(before)) before.push(mention);
    else bySymbol.set(mention.symbol, [before, mention]);
  }
  warnAboutTwins(bySymbol, report);

  const closures = stepClosures(steps);
  const symbols: PipelineSymbol[] = [];
  for (const found of bySymbol.values()) {
    const all = Array.isArray(found) ? found : [found];
    const symbol = gatherOne(all, defaults, closures, report);
    if (symbol !== null) symbols.push(symbol);
  }
  return symbols.sort((a, b) => a.priority - b.priority);
}

function gatherOne(
  mentions: readonly Mention[],
  defaults: SymbolSettings,
  closures: (steps: readonly string[]) => readonly string[] | null,
  report: Report,
): PipelineSymbol | null {
  const [first] = mentions;
  if (first === undefined) return null;
  let own = first.own;
  let container = first.container.settings;
  if (mentions.length > 1) {
    if (!reportRepetitions(mentions, report)) return null;
    own = merged(mentions.map((mention) => mention.own));
    container = merged(mentions.map((mention) => mention.container.settings));
  }
  const { kind, exchange, currency, calendar, priority } = resolveSettings([own, container, defaults]);
  const { symbol, place } = first;
  if (calendar === null) {
    const where = exchange === 'SMART' ? `in ${currency}` : `at ${exchange}`;
    report(
      problem('no-calendar', place, `no calendar is known for ${quote(symbol)} ${where}`, {
        suggestion: 'say whose sessions it follows: `calendar: XNYS`',
      }),
    );
    return null;
  }
  const groups = new Set(
    mentions.flatMap((mention) => (mention.container.group === null ? [] : [mention.container.group])),
  );
  const wanted = wantedSteps(mentions);
  return {
    instrument: { symbol, kind, exchange, currency, calendar },
    priority,
    groups: [...groups],
    steps: wanted === null ? null : closures(wanted),
  };
}

/** Settings that do not contradict each other as one. */
function merged(levels: readonly SymbolSettings[]): SymbolSettings {
  let all: SymbolSettings = {};
  for (const level of new Set(levels)) all = { ...all, ...level };
  return all;
}

/** What the symbol itself says; else everything that one of the lists it stands in wants. Null means all steps. */
function wantedSteps(mentions: readonly Mention[]): readonly string[] | null {
  const own = mentions.find((mention) => mention.ownSteps !== null)?.ownSteps ?? null;
  if (own !== null) return own;
  const lists = mentions.map((mention) => mention.container.steps);
  return lists.includes(null) ? null : lists.flatMap((list) => list ?? []);
}

/** Reports mentions that contradict or merely repeat each other. False when they contradict. */
function reportRepetitions(mentions: readonly Mention[], report: Report): boolean {
  let agrees = true;
  for (const name of settingNames) {
    const own = differing(mentions, (mention) => mention.own[name]);
    const isOwnSaid = mentions.some((mention) => mention.own[name] !== undefined);
    const around = isOwnSaid ? null : differing(mentions, (mention) => mention.container.settings[name]);
    for (const [pair, suggestion] of [
      [own, 'say it once'],
      [around, 'say it on the symbol itself: that comes before what its groups say'],
    ] as const) {
      if (pair === null) continue;
      agrees = false;
      reportConflict(name, pair, suggestion, report);
    }
  }
  const steps = differing(mentions, (mention) => mention.ownSteps?.join(', '));
  if (steps !== null) {
    agrees = false;
    reportConflict('steps', steps, 'say it once', report);
  }
  if (agrees) warnAboutRepetitions(mentions, report);
  return agrees;
}

interface Differing {
  readonly one: Mention;
  readonly other: Mention;
  readonly values: readonly [string, string];
}

function differing(
  mentions: readonly Mention[],
  valueOf: (mention: Mention) => string | number | undefined,
): Differing | null {
  const [one, ...others] = mentions.filter((mention) => valueOf(mention) !== undefined);
  const other = one === undefined ? undefined : others.find((mention) => valueOf(mention) !== valueOf(one));
  if (one === undefined || other === undefined) return null;
  return { one, other, values: [String(valueOf(one)), String(valueOf(other))] };
}

function reportConflict(name: string, { one, other, values }: Differing, suggestion: string, report: Report): void {
  const message = `${quote(other.symbol)} has the ${name} ${values[1]} here and ${values[0]} elsewhere`;
  report(
    problem('conflicting-symbol', other.place, message, {
      related: [{ message: `${values[0]} here`, place: one.place }],
      suggestion,
    }),
  );
}

function warnAboutRepetitions(mentions: readonly Mention[], report: Report): void {
  const firsts = new Map<Container, Mention>();
  for (const mention of mentions) {
    const first = firsts.get(mention.container);
    if (first === undefined) {
      firsts.set(mention.container, mention);
      continue;
    }
    report(
      warning('duplicate-symbol', mention.place, `${quote(mention.symbol)} is listed twice; it is fetched once`, {
        related: [{ message: 'the first one', place: first.place }],
      }),
    );
  }
}

/** Symbols that differ only in case are usually one symbol, mistyped. */
function warnAboutTwins(bySymbol: ReadonlyMap<string, Mention | Mention[]>, report: Report): void {
  let anyLowerCase = false;
  for (const symbol of bySymbol.keys()) anyLowerCase ||= /[a-z]/.test(symbol);
  if (!anyLowerCase) return;
  const seen = new Map<string, Mention>();
  for (const found of bySymbol.values()) {
    const mention = Array.isArray(found) ? found[0] : found;
    if (mention === undefined) continue;
    const key = mention.symbol.toUpperCase();
    const twin = seen.get(key);
    if (twin === undefined) {
      seen.set(key, mention);
      continue;
    }
    report(
      warning(
        'symbols-alike',
        mention.place,
        `${quote(mention.symbol)} and ${quote(twin.symbol)} differ only in case; both are fetched`,
        {
          related: [{ message: 'the other one', place: twin.place }],
        },
      ),
    );
  }
}

/** Adds the steps that steps need; null when that is all of them. Lists that were seen before give the very same answer. */
function stepClosures(steps: readonly Step[]): (wanted: readonly string[]) => readonly string[] | null {
  const known = new Map<string, readonly string[] | null>();
  return (wanted) => {
    const key = wanted.join(',');
    const before = known.get(key);
    if (before !== undefined) return before;
    const taken = new Set(wanted);
    // Steps come after what they need, so one pass from the end finds everything.
    for (const step of steps.toReversed()) if (taken.has(step.name)) for (const need of step.needs) taken.add(need);
    const names = steps.map((step) => step.name).filter((name) => taken.has(name));
    const result = names.length === steps.length ? null : names;
    known.set(key, result);
    return result;
  };
}

/** Refuses two steps that would fetch the same series for the same symbol. */
export function refuseOverlaps(
  steps: readonly Step[],
  symbols: readonly PipelineSymbol[],
  placeOf: (step: string) => Parameters<typeof problem>[1],
  report: Report,
): void {
  for (const [index, step] of steps.entries()) {
    for (const other of steps.slice(0, index)) {
      const shared = sharedSeries(step, other);
      if (shared === null) continue;
      const symbol = symbols.find(
        ({ steps: names }) => names === null || (names.includes(step.name) && names.includes(other.name)),
      );
      if (symbol === undefined) continue;
      const message = `\`${step.name}\` and \`${other.name}\` would both fetch ${shared} of ${quote(symbol.instrument.symbol)}`;
      report(
        problem('overlapping-steps', placeOf(step.name), message, {
          related: [{ message: 'the other step', place: placeOf(other.name) }],
          suggestion: 'give each symbol one of them, with `steps:` on symbols or groups, or make one step of both',
        }),
      );
    }
  }
}

function sharedSeries(step: Step, other: Step): string | null {
  if (
    step.uses === 'contracts' ||
    step.uses === 'chains' ||
    step.uses === 'quotes' ||
    step.uses === 'snapshots' ||
    step.uses === 'overview'
  ) {
    return step.uses === other.uses ? `the ${step.uses}` : null;
  }
  if (step.uses === 'history') {
    const isSame = other.uses === 'history' && step.what === other.what && step.hours === other.hours;
    return isSame ? 'the beginning of the history' : null;
  }
  if ((other.uses !== 'equity' && other.uses !== 'options') || step.uses !== other.uses) return null;
  if (step.what !== other.what || step.hours !== other.hours) return null;
  const sizes = step.barSizes.filter((size) => other.barSizes.includes(size));
  return sizes.length === 0 ? null : `bars of ${enumerate(sizes)}`;
}
