import type { NodePath } from '../../yaml/tree.js';
import { closestMatch } from '../../../platform/suggest.js';
import { didYouMean, problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import { findLocation } from '../../yaml/tree.js';
import type { PipelineSymbol } from '../pipeline.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Marks the symbols that `accept` names. A name that is no symbol of the pipeline is an error. */
export function markAccepted(
  symbols: readonly PipelineSymbol[],
  { file, root }: ValidatedPipeline,
  isComplete: boolean,
  report: ReportDiagnostic,
): readonly PipelineSymbol[] {
  const denied = file.accept?.denied ?? [];
  const isList = Array.isArray(denied);
  const names: readonly string[] = isList ? denied : [denied];
  if (names.length === 0) return symbols;
  const known = new Set(symbols.map(({ instrument }) => instrument.symbol));
  const acceptsAll = !isList && denied === 'all' && !known.has('all');
  if (acceptsAll) return symbols.map((symbol) => ({ ...symbol, acceptsDenied: true }));
  for (const [index, name] of names.entries()) {
    // A symbol file that could not be read may contain it.
    if (known.has(name) || !isComplete) continue;
    const path: NodePath = isList ? ['accept', 'denied', index] : ['accept', 'denied'];
    report(
      problem('unknown-symbol', findLocation(root, path), `the pipeline has no symbol ${quote(name)}`, {
        suggestion: didYouMean(closestMatch(name, known)),
      }),
    );
  }
  const accepted = new Set(names);
  return symbols.map((symbol) =>
    accepted.has(symbol.instrument.symbol) ? { ...symbol, acceptsDenied: true } : symbol,
  );
}
