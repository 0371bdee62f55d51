import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import type { Window } from '../core/window.js';
import { countText, plural } from '../core/words.js';
import type { RequestId } from '../core/request.js';
import { tables } from '../core/tables.js';
import type { LineageAnswer, LineageRequest, LineageSeries, LineageWindow } from './answer.js';
import { grouped } from './grouped.js';
import { stretchesOf } from './stretches.js';
import type { Stretch } from './stretches.js';

/** How much a tree tells. */
export interface TreeOptions {
  /** Every window and every series, instead of what they come to. */
  readonly all?: boolean;
}

const seriesShown = 6;
const stretchesShown = 8;

/** One line and what hangs below it. */
interface Branch {
  readonly text: string;
  readonly below: readonly Branch[];
}

/** The lineage of a symbol as a tree of text: tables, their series, who owns each stretch of them, and what led there. */
export function lineageTree(answer: LineageAnswer, options: TreeOptions = {}): string {
  if (answer.datasets.length === 0) return `${answer.symbol}: nothing is known of it here\n`;
  const requests = new Map(answer.upstream.map((request) => [request.requestId, request]));
  const byDataset = grouped(answer.datasets, ({ dataset }) => dataset);
  const branches = [...byDataset].map(([dataset, series]): Branch => {
    const shown = options.all === true || series.length <= seriesShown ? series : latestAsked(series, seriesShown);
    const hidden = series.length - shown.length;
    const below = shown.map((one) => seriesBranch(one, requests, options));
    const rest: Branch[] = hidden === 0 ? [] : [{ text: `and ${plural(hidden, 'more series', 'more series')} (--all shows them)`, below: [] }];
    return { text: `${dataset}  ${plural(series.length, 'series', 'series')}, ${rowsText(rowsOf(series))}`, below: [...below, ...rest] };
  });
  return `${[answer.symbol, ...draw(branches, '')].join('\n')}\n`;
}

function draw(branches: readonly Branch[], indent: string): string[] {
  return branches.flatMap(({ text, below }, index) => {
    const last = index === branches.length - 1;
    return [`${indent}${last ? '└─' : '├─'} ${text}`, ...draw(below, `${indent}${last ? '   ' : '│  '}`)];
  });
}

function seriesBranch(series: LineageSeries, requests: ReadonlyMap<RequestId, LineageRequest>, options: TreeOptions): Branch {
  const text = `${series.series}  from ${series.provider}`;
  const kind = tables[series.dataset].kind;
  if (options.all === true) {
    return { text, below: [...series.windows].reverse().map((window) => windowBranch(window, kind, requests)) };
  }
  const stretches = stretchesOf(series.windows);
  const shown = stretches.slice(0, stretchesShown);
  const hidden = stretches.length - shown.length;
  return {
    text,
    below: [
      ...shown.map((stretch) => stretchBranch(stretch, kind, requests)),
      ...(hidden === 0 ? [] : [{ text: `and ${plural(hidden, 'older stretch', 'older stretches')} (--all shows them)`, below: [] }]),
    ],
  };
}

function stretchBranch(stretch: Stretch, kind: 'span' | 'point', requests: ReadonlyMap<RequestId, LineageRequest>): Branch {
  if (stretch.windows === 1) return windowBranch(stretch.latest, kind, requests);
  const { latest } = stretch;
  const span = kind === 'span' ? spanText(stretch) : `${timeText(stretch.start)} … ${timeText(stretch.end - 1)}`;
  const note = latest.note === null ? '' : `  (${latest.note})`;
  return {
    text: `${span}  ${stretch.state}  ${rowsText(stretch.rows)}  ${plural(stretch.windows, 'window')}, ${plural(stretch.requests, 'request')}, ${plural(stretch.runs, 'run')}${note}`,
    below: [{ text: `the last: ${originText(latest)}`, below: upstreamBranches(latest.upstream, requests) }],
  };
}

function windowBranch(window: LineageWindow, kind: 'span' | 'point', requests: ReadonlyMap<RequestId, LineageRequest>): Branch {
  const note = window.note === null ? '' : `  (${window.note})`;
  return {
    text: `${kind === 'span' ? spanText(window) : timeText(window.start)}  ${window.state}  ${rowsText(window.rows)}${note}`,
    below: [{ text: originText(window), below: upstreamBranches(window.upstream, requests) }],
  };
}

function originText({ requestId, requestedAt, pipeline }: LineageWindow): string {
  return `request ${requestId}, asked ${isoInstant(requestedAt)} by ${pipeline.name} (${pipeline.hash.slice(0, 8)})`;
}

/** What led to a request, and what led to that. */
function upstreamBranches(ids: readonly RequestId[], requests: ReadonlyMap<RequestId, LineageRequest>): Branch[] {
  return ids.map((id) => {
    const request = requests.get(id);
    if (request === undefined) return { text: `because of request ${id}, which is not in the log any more`, below: [] };
    return {
      text: `because of ${request.series}, request ${id}, asked ${isoInstant(request.requestedAt)}`,
      below: upstreamBranches(request.upstream, requests),
    };
  });
}

/** `2026-11-16 → 2026-11-21`, with times of day where they matter. */
export function spanText({ start, end }: Window): string {
  return `${timeText(start)} → ${timeText(end)}`;
}

/** `2026-11-20`, `2026-11-20T14:30Z` or, where seconds matter, `2026-11-20T14:30:01Z`. */
export function timeText(instant: Instant): string {
  const text = isoInstant(instant);
  if (text.endsWith('T00:00:00Z')) return text.slice(0, 10);
  return text.endsWith(':00Z') ? `${text.slice(0, 16)}Z` : text;
}

/** The rows of all windows; null where some are not known. */
export function rowsOf(series: readonly LineageSeries[]): number | null {
  let rows: number | null = 0;
  for (const { windows } of series) {
    for (const window of windows) rows = rows === null || window.rows === null ? null : rows + window.rows;
  }
  return rows;
}

export function rowsText(rows: number | null): string {
  return rows === null ? 'rows in part replaced' : rows === 1 ? '1 row' : `${countText(rows)} rows`;
}

/** The series that were asked for last, in their old order. */
export function latestAsked(series: readonly LineageSeries[], count: number): readonly LineageSeries[] {
  const asked = (one: LineageSeries): Instant => Math.max(...one.windows.slice(-1).map(({ requestedAt }) => requestedAt));
  const latest = new Set([...series].sort((a, b) => asked(b) - asked(a)).slice(0, count));
  return series.filter((one) => latest.has(one));
}
