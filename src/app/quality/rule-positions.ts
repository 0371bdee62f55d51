import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { QualityRule } from '../../core/quality/quality-rule.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { FeedPosition } from '../../lake/feed/feed.js';
import { isCount, isRecord, isString, readOptionalDocument } from '../../platform/json.js';
import { nodeFiles } from '../../platform/file-store.js';

/** How far the rules of a pipeline have examined a table. */
interface ExaminedTable {
  /** The rules that did: other rules examine the whole table. */
  readonly rules: string;
  readonly position: FeedPosition;
}

/** By table. */
export type RulePositions = ReadonlyMap<string, ExaminedTable>;

const version = 1;

function positionsPath(lake: string, pipeline: string): string {
  return join(lake, '_quality', `${encodeURIComponent(pipeline)}.json`);
}

/** The positions of a pipeline; a lost or damaged file counts as none, so that everything is examined again. */
export async function readRulePositions(lake: string, pipeline: string): Promise<RulePositions> {
  return (await readOptionalDocument(positionsPath(lake, pipeline), decodePositions, { version })) ?? new Map();
}

export async function writeRulePositions(lake: string, pipeline: string, positions: RulePositions): Promise<void> {
  const document = { v: version, tables: Object.fromEntries(positions) };
  await nodeFiles.replace(positionsPath(lake, pipeline), `${JSON.stringify(document, null, 1)}\n`);
}

/** Identifies the rules of a table by their content without symbols: the rows of an added symbol are new anyway. */
export function hashRules(rules: readonly QualityRule[]): string {
  const content = rules.map(({ symbols: _, overrides, ...rule }) => [
    rule,
    overrides.map(({ thresholds }) => thresholds),
  ]);
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}

/** Where the rules of a table go on; null for the whole table. */
export function findPosition(
  positions: RulePositions,
  dataset: Dataset,
  rules: readonly QualityRule[],
): FeedPosition | null {
  const examined = positions.get(dataset);
  return examined?.rules === hashRules(rules) ? examined.position : null;
}

function decodePositions(value: unknown): RulePositions | null {
  if (!isRecord(value) || !isRecord(value['tables'])) return null;
  const positions = new Map<string, ExaminedTable>();
  for (const [dataset, examined] of Object.entries(value['tables'])) {
    if (!isRecord(examined) || !isRecord(examined['position'])) return null;
    const { tableId, version: at } = examined['position'];
    if (!isString(examined['rules']) || !isString(tableId) || !isCount(at)) return null;
    positions.set(dataset, { rules: examined['rules'], position: { tableId, version: at } });
  }
  return positions;
}
