import { join } from 'node:path';

import { durationText, plural } from '../core/words.js';
import type { Instant } from '../core/time.js';
import { diskFiles } from '../lineage/files.js';
import type { Paint } from '../report/paint.js';
import { serveFolder } from '../serve/cycle-store.js';
import { failedWords } from './failed-words.js';
import { isProcessAlive } from './process-alive.js';

/** What a collector last said of itself. Its document is ours, but an older or newer version may have written it. */
export interface CollectorStatus {
  /** Whether its process is still there: one that was killed has not said so. */
  readonly alive: boolean;
  /** The document as it was written. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** The collector of a lake; null when none is there and none has died. */
export async function readCollector(lake: string): Promise<CollectorStatus | null> {
  const text = await diskFiles.read(join(serveFolder(lake), 'collector.json'));
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
export function collectorLines({ alive, document }: CollectorStatus, now: Instant, paint: Paint): readonly string[] {
  const { pid, address, healthy } = document;
  if (!alive) {
    return [
      `  ${paint('bad', 'collector')}  process ${textOf(pid)} is gone without having ended; start it again: pipe serve`,
    ];
  }
  const state = healthy === true ? paint('good', 'healthy') : paint('bad', 'not healthy');
  const where = typeof address === 'string' ? `, ${address}` : '';
  const lines = [`  collector  ${state}, process ${textOf(pid)}${where}`];
  for (const problem of recordsIn(document['problems'])) {
    const about = typeof problem['about'] === 'string' ? `${problem['about']}: ` : '';
    lines.push(`    ${paint('bad', `${about}${textOf(problem['problem'])}`)}`);
  }
  for (const pipeline of recordsIn(document['pipelines'])) lines.push(`    ${pipelineLine(pipeline, now, paint)}`);
  return lines;
}

/** So many symbols are named; the rest is in the JSON. */
const mostNamed = 5;

function pipelineLine(pipeline: Readonly<Record<string, unknown>>, now: Instant, paint: Paint): string {
  const { last, running, next, sources, breakers, errors, symbolsWithErrors } = pipeline;
  const parts: string[] = [];
  if (isRecord(running)) parts.push(paint('link', `runs since ${textOf(running['startedAt'])}`));
  if (isRecord(last)) {
    const outcome = textOf(last['outcome']);
    parts.push(`last ${textOf(last['due'])} ${paint(outcome === 'ok' ? 'good' : 'bad', outcome)}`);
  }
  if (typeof next === 'string') parts.push(`next ${next} (in ${durationText(Math.max(0, Date.parse(next) - now))})`);
  for (const [source, state] of Object.entries(isRecord(sources) ? sources : {})) {
    const words = `${source} ${textOf(state)}`;
    parts.push(state === 'not answering' ? paint('bad', words) : words);
  }
  const broken = Object.entries(isRecord(breakers) ? breakers : {}).filter(([, state]) => state !== 'closed');
  if (broken.length > 0) {
    const named = broken.slice(0, mostNamed).map(([what, state]) => `${what} (${textOf(state)})`);
    parts.push(paint('bad', `left alone: ${named.join(', ')}${broken.length > mostNamed ? ', …' : ''}`));
  }
  const failed = Object.entries(isRecord(errors) ? errors : {}).map(([symbol, reason]) => ({
    symbol,
    reason: textOf(reason),
  }));
  if (failed.length > 0) {
    const count = typeof symbolsWithErrors === 'number' ? symbolsWithErrors : failed.length;
    parts.push(paint('bad', `errors of ${plural(count, 'symbol')}: ${failedWords(failed, mostNamed, count)}`));
  }
  return `${textOf(pipeline['name'])}: ${parts.join(', ')}`;
}

function recordsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '-';
}
