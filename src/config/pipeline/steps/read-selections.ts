import type { ExpirySelection, StrikeSelection } from '../../../core/option-selection.js';
import type { Right } from '../../../core/series.js';
import { problem, warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { findLocation } from '../../yaml/tree.js';
import type { MapNode, NodePath } from '../../yaml/tree.js';
import type { SnapshotsStep } from '../pipeline.js';
import type { ExpiryRules, OptionsStep, StrikeRules } from '../schema.generated.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** The options that a step takes of a chain. */
export interface OptionSelection {
  readonly strikes: StrikeSelection;
  readonly adaptiveStrikes: boolean;
  readonly expiries: ExpirySelection;
  readonly rights: readonly Right[];
}

type RawSelection = Pick<OptionsStep, 'strikes' | 'adaptive_strikes' | 'expiries' | 'rights'>;

/** Reads the expiries and strikes of a step, applies its defaults and reports ranges that select nothing. */
export function readSelection(
  step: string,
  { strikes, expiries, adaptive_strikes: adaptiveStrikes = false, rights = ['C', 'P'] }: RawSelection,
  defaults: Pick<OptionSelection, 'strikes' | 'expiries'>,
  { root }: ValidatedPipeline,
  report: ReportDiagnostic,
): OptionSelection {
  const path = ['steps', step];
  const selection: OptionSelection = {
    strikes:
      typeof strikes === 'object'
        ? readStrikeRules(strikes, [...path, 'strikes'], root, report)
        : (strikes ?? defaults.strikes),
    adaptiveStrikes,
    expiries:
      typeof expiries === 'object'
        ? readExpiryRules(expiries, [...path, 'expiries'], root, report)
        : (expiries ?? defaults.expiries),
    rights: [...new Set(rights)],
  };
  if (adaptiveStrikes && !canWiden(selection.strikes)) {
    report(
      warning(
        'idle-setting',
        findLocation(root, [...path, 'adaptive_strikes']),
        '`adaptive_strikes` has no effect: it widens a number or a per cent of `strikes`, and there is neither',
        { suggestion: 'remove it; a range of deltas widens by itself when volatility rises' },
      ),
    );
  }
  return selection;
}

function canWiden(strikes: StrikeSelection): boolean {
  if (typeof strikes !== 'object') return strikes !== 'all';
  return strikes.nearest !== null || strikes.percent !== null;
}

function readStrikeRules(
  { nearest, percent, delta }: StrikeRules,
  path: NodePath,
  root: MapNode,
  report: ReportDiagnostic,
): StrikeSelection {
  const [from, to] = delta ?? [];
  const counts = { nearest: nearest ?? null, percent: percent ?? null };
  if (from === undefined || to === undefined) return { ...counts, delta: null };
  if (from > to) reportEmptyRange([...path, 'delta'], `delta: [${to}, ${from}]`, root, report);
  return { ...counts, delta: { min: from, max: to } };
}

function readExpiryRules(
  { nearest = 0, dte }: ExpiryRules,
  path: NodePath,
  root: MapNode,
  report: ReportDiagnostic,
): ExpirySelection {
  if (typeof dte === 'number') return { nearest, terms: [dte], range: null };
  if (dte === undefined || Array.isArray(dte)) return { nearest, terms: [...new Set(dte)], range: null };
  const { min = 0, max = Infinity } = dte;
  if (min > max) reportEmptyRange([...path, 'dte'], `dte: { min: ${max}, max: ${min} }`, root, report);
  return { nearest, terms: [], range: { min, max } };
}

function reportEmptyRange(path: NodePath, example: string, root: MapNode, report: ReportDiagnostic): void {
  report(
    problem('empty-range', findLocation(root, path), `\`${String(path.at(-1))}\` ends before it begins`, {
      suggestion: `write \`${example}\``,
    }),
  );
}

/** Warns about snapshots whose expiries need not lie around the term of the overview's at-the-money volatility. */
export function warnAboutMissingTerm(
  overview: string,
  { name, expiries }: Pick<SnapshotsStep, 'name' | 'expiries'>,
  days: number,
  { root }: Pick<ValidatedPipeline, 'root'>,
  report: ReportDiagnostic,
): void {
  if (expiries === 'all' || bracketsTerm(expiries, days)) return;
  const nearest = typeof expiries === 'number' ? expiries : expiries.nearest;
  const terms = typeof expiries === 'number' ? [days] : [...expiries.terms, days].sort((a, b) => a - b);
  const rules = [
    ...(nearest > 0 ? [`nearest: ${nearest}`] : []),
    `dte: ${terms.length === 1 ? String(terms[0]) : `[${terms.join(', ')}]`}`,
  ];
  const path = ['steps', name, 'expiries'];
  const message = `\`expiries\` of \`${name}\` need not lie around ${days} days: \`${overview}\` then has no at-the-money volatility`;
  report(
    warning('term-not-covered', findLocation(root, path), message, {
      suggestion: `write \`expiries: { ${rules.join(', ')} }\``,
    }),
  );
}

function bracketsTerm(expiries: Exclude<ExpirySelection, 'all'>, days: number): boolean {
  if (typeof expiries === 'number') return false;
  const { terms, range } = expiries;
  return terms.includes(days) || (range !== null && range.min < days && range.max > days);
}
