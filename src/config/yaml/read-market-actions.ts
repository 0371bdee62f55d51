import { isLocalDate } from '../../core/time/time.js';
import type { MarketAction } from '../../core/market-action.js';
import { diagnoseTimestamp, parseTimestamp } from './parse-timestamp.js';
import { problem } from './problem.js';
import type { ReportDiagnostic } from './problem.js';
import { diagnoseDate } from './diagnose-text.js';
import { findKeyLocation, findLocation } from './tree.js';
import type { MapNode, NodePath } from './tree.js';

/** An action of a simulated market as files write it: exactly one key. */
export interface RawMarketAction {
  readonly split?: { readonly symbol: string; readonly ratio: string; readonly at: string };
  readonly dividend?: { readonly symbol: string; readonly factor: number; readonly at: string };
  readonly correction?: {
    readonly symbol: string;
    readonly session: string;
    readonly amount: number;
    readonly bars?: 'last' | 'all';
    readonly at: string;
  };
}

/** Reads the actions of a simulated market; reports those that are not valid. */
export function readMarketActions(
  raw: readonly RawMarketAction[],
  path: NodePath,
  root: MapNode,
  report: ReportDiagnostic,
): readonly MarketAction[] {
  const actions = raw.flatMap((action, index) => readAction(action, [...path, index], root, report) ?? []);
  return [...actions].sort((a, b) => a.at - b.at);
}

function readAction(
  { split, dividend, correction }: RawMarketAction,
  path: NodePath,
  root: MapNode,
  report: ReportDiagnostic,
): MarketAction | null {
  const named = split ?? dividend ?? correction;
  const kind = split !== undefined ? 'split' : dividend !== undefined ? 'dividend' : 'correction';
  if (named === undefined) return null;
  const at = parseTimestamp(named.at);
  if (at === null) {
    const { code, message, suggestion } = diagnoseTimestamp(named.at);
    report(problem(code, findLocation(root, [...path, kind, 'at']), message, { suggestion }));
    return null;
  }
  const { symbol } = named;
  if (split !== undefined) {
    const [after = 0, before = 0] = split.ratio.split(':').map(Number);
    if (after > 0 && before > 0 && after !== before) return { kind: 'split', symbol, ratio: after / before, at };
    const message = `${split.ratio} is not the ratio of a split`;
    report(
      problem('bad-ratio', findLocation(root, [...path, kind, 'ratio']), message, {
        suggestion: 'write the shares after and before, such as `4:1`',
      }),
    );
    return null;
  }
  if (dividend !== undefined) return { kind: 'dividend', symbol, factor: dividend.factor, at };
  if (correction === undefined) return null;
  const { session, amount, bars = 'last' } = correction;
  if (!isLocalDate(session)) {
    const { code, message, suggestion } = diagnoseDate(session);
    report(problem(code, findKeyLocation(root, [...path, kind, 'session']), message, { suggestion }));
    return null;
  }
  return { kind: 'correction', symbol, session, amount, bars, at };
}
