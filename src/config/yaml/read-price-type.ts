import { problem } from './problem.js';
import type { ReportDiagnostic } from './problem.js';
import { findKeyLocation } from './tree.js';
import type { MapNode, NodePath } from './tree.js';

/** Returns `price_type` or its alias `what`, the term of Interactive Brokers; reports a mapping that sets both. */
export function readPriceType<T>(
  settings: { readonly price_type?: T; readonly what?: T },
  path: NodePath,
  root: MapNode,
  report: ReportDiagnostic,
): T | undefined {
  const { price_type: priceType, what } = settings;
  if (priceType !== undefined && what !== undefined) {
    report(
      problem('conflicting-keys', findKeyLocation(root, [...path, 'what']), '`what` is an alias of `price_type`', {
        related: [{ message: '`price_type` is set here', location: findKeyLocation(root, [...path, 'price_type']) }],
        suggestion: 'remove `what`',
      }),
    );
  }
  return priceType ?? what;
}
