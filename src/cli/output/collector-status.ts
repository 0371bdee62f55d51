import { join } from 'node:path';

import { humanizeDuration, pluralize } from '../../platform/format.js';
import type { Instant } from '../../core/time/time.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { ApplyStyle } from '../../platform/style.js';
import { schedulerFolder } from '../../scheduler/schedule/cycle-store.js';
import { formatFailures } from '../../app/serve/format-failures.js';
import { isProcessAlive } from '../../platform/process-alive.js';

/** What a collector last said of itself. Its document is ours, but an older or newer version may have written it. */
export interface CollectorStatus {
  /** Whether its process is still there: one that was killed has not said so. */
  readonly alive: boolean;
  /** The document as it was written. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** The collector of a lake; null when none is there and none has died. */
export async function readCollectorStatus(lake: string): Promise<CollectorStatus | null> {
  const text = await nodeFiles.read(join(schedulerFolder(lake), 'collector.json'));
  if (text === null) return null;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(document)) return null;
  const { pid, host } = document;
  const alive = typeof pid === 'number' && typeof host === 'string' && isProcessAlive({ pid, host });
  return { alive, document };
}

/** The collector in words: whether it is well, why not, and what each pipeline did last and does next. */
export function formatCollectorStatus(
  { alive, document }: CollectorStatus,
  now: Instant,
  style: ApplyStyle,
): readonly string[] {
  const { pid, address, healthy } = document;
  if (!alive) {
    return [
      `  ${style('bad', 'collector')}  process ${toText(pid)} is gone without having ended; start it again: pipe serve`,
    ];
  }
  const state = healthy === true ? style('good', 'healthy') : style('bad', 'not healthy');
  const where = typeof address === 'string' ? `, ${address}` : '';
  const lines = [`  collector  ${state}, process ${toText(pid)}${where}`];
  for (const problem of toRecords(document['problems'])) {
    const about = typeof problem['about'] === 'string' ? `${problem['about']}: ` : '';
    lines.push(`    ${style('bad', `${about}${toText(problem['problem'])}`)}`);
  }
  for (const pipeline of toRecords(document['pipelines'])) lines.push(`    ${formatPipeline(pipeline, now, style)}`);
  return lines;
}

/** So many symbols are named; the rest is in the JSON. */
const maxNamed = 5;

function formatPipeline(pipeline: Readonly<Record<string, unknown>>, now: Instant, style: ApplyStyle): string {
  const { last, running, next, sources, breakers, errors, symbolsWithErrors } = pipeline;
  const parts: string[] = [];
  if (isRecord(running)) parts.push(style('link', `runs since ${toText(running['startedAt'])}`));
  if (isRecord(last)) {
    const outcome = toText(last['outcome']);
    parts.push(`last ${toText(last['due'])} ${style(outcome === 'ok' ? 'good' : 'bad', outcome)}`);
  }
  if (typeof next === 'string')
    parts.push(`next ${next} (in ${humanizeDuration(Math.max(0, Date.parse(next) - now))})`);
  for (const [source, state] of Object.entries(isRecord(sources) ? sources : {})) {
    const label = `${source} ${toText(state)}`;
    parts.push(state === 'not answering' ? style('bad', label) : label);
  }
  const openBreakers = Object.entries(isRecord(breakers) ? breakers : {}).filter(([, state]) => state !== 'closed');
  if (openBreakers.length > 0) {
    const named = openBreakers.slice(0, maxNamed).map(([what, state]) => `${what} (${toText(state)})`);
    parts.push(style('bad', `left alone: ${named.join(', ')}${openBreakers.length > maxNamed ? ', …' : ''}`));
  }
  const failed = Object.entries(isRecord(errors) ? errors : {}).map(([symbol, reason]) => ({
    symbol,
    reason: toText(reason),
  }));
  if (failed.length > 0) {
    const count = typeof symbolsWithErrors === 'number' ? symbolsWithErrors : failed.length;
    parts.push(style('bad', `errors of ${pluralize(count, 'symbol')}: ${formatFailures(failed, maxNamed, count)}`));
  }
  return `${toText(pipeline['name'])}: ${parts.join(', ')}`;
}

function toRecords(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '-';
}
