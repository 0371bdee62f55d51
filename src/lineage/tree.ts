import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import type { Window } from '../core/window.js';
import { plural } from '../core/words.js';
import type { RequestId } from '../core/request.js';
import { tables } from '../core/tables.js';
import type { LineageAnswer, LineageRequest, LineageSeries, LineageWindow } from './answer.js';
import { grouped } from './grouped.js';
import { isHeld } from './current-windows.js';
import { rowCount, rowsOf, rowsText, stretchesOf } from './stretches.js';
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

/** The requests that may be named, and those whose own origin has been told. */
interface Told {
  readonly requests: ReadonlyMap<RequestId, LineageRequest>;
  readonly already: Set<RequestId>;
}

/** The lineage of a symbol as a tree of text: tables, their series, who owns each stretch of them, and what led there. */
export function lineageTree(answer: LineageAnswer, options: TreeOptions = {}): string {
  if (answer.datasets.length === 0) return `${answer.symbol}: nothing is known of it here\n`;
  const told: Told = {
    requests: new Map(answer.upstream.map((request) => [request.requestId, request])),
    already: new Set(),
  };
  const byDataset = grouped(answer.datasets, ({ dataset }) => dataset);
  const branches = [...byDataset].map(([dataset, series]): Branch => {
    const shown = options.all === true ? series : foremost(series, seriesShown);
    const hidden = series.length - shown.length;
    const below = shown.map((one) => seriesBranch(one, told, options));
    const rest: Branch[] =
      hidden === 0
        ? []
        : [{ text: `and ${plural(hidden, 'more series', 'more series')} (--all shows them)`, below: [] }];
    return {
      text: `${dataset}  ${plural(series.length, 'series', 'series')}, ${rowsText(rowsOf(series))}`,
      below: [...below, ...rest],
    };
  });
  return `${[answer.symbol, ...draw(branches, '')].join('\n')}\n`;
}

function draw(branches: readonly Branch[], indent: string): string[] {
  return branches.flatMap(({ text, below }, index) => {
    const last = index === branches.length - 1;
    return [`${indent}${last ? '└─' : '├─'} ${text}`, ...draw(below, `${indent}${last ? '   ' : '│  '}`)];
  });
}

function seriesBranch(series: LineageSeries, told: Told, options: TreeOptions): Branch {
  const text = `${series.series}  from ${series.provider}`;
  const kind = tables[series.dataset].kind;
  if (options.all === true) {
    return { text, below: [...series.windows].reverse().map((window) => windowBranch(window, kind, told)) };
  }
  const stretches = stretchesOf(series);
  const shown = stretches.slice(0, stretchesShown);
  const hidden = stretches.length - shown.length;
  return {
    text,
    below: [
      ...shown.map((stretch) => stretchBranch(stretch, kind, told)),
      ...(hidden === 0
        ? []
        : [{ text: `and ${plural(hidden, 'older stretch', 'older stretches')} (--all shows them)`, below: [] }]),
    ],
  };
}

function stretchBranch(stretch: Stretch, kind: 'span' | 'point', told: Told): Branch {
  if (stretch.windows === 1) return windowBranch(stretch.latest, kind, told);
  const { latest } = stretch;
  const span = kind === 'span' ? spanText(stretch) : `${timeText(stretch.start)} … ${timeText(stretch.end - 1)}`;
  const note = latest.note === null ? '' : `  (${latest.note})`;
  return {
    text: `${span}  ${stretch.state}  ${rowsText(stretch.rows)}  ${plural(stretch.windows, 'window')}, ${plural(stretch.requests, 'request')}, ${plural(stretch.runs, 'run')}${note}`,
    below: [{ text: `the last: ${originText(latest)}`, below: upstreamBranches(latest.upstream, told) }],
  };
}

function windowBranch(window: LineageWindow, kind: 'span' | 'point', told: Told): Branch {
  const note = window.note === null ? '' : `  (${window.note})`;
  return {
    text: `${kind === 'span' ? spanText(window) : timeText(window.start)}  ${window.state}  ${rowsText(rowCount([window]))}${note}`,
    below: [{ text: originText(window), below: upstreamBranches(window.upstream, told) }],
  };
}

function originText({ requestId, requestedAt, pipeline }: LineageWindow): string {
  return `request ${requestId}, asked ${isoInstant(requestedAt)} by ${pipeline.name} (${pipeline.hash.slice(0, 8)})`;
}

/** What led to a request, and what led to that: in full the first time, by name from then on. */
function upstreamBranches(ids: readonly RequestId[], told: Told): Branch[] {
  return ids.map((id) => {
    const request = told.requests.get(id);
    if (request === undefined)
      return { text: `because of request ${id}, which the log does not hold any more`, below: [] };
    const text = `because of ${request.series}, request ${id}`;
    if (told.already.has(id)) return { text, below: [] };
    told.already.add(id);
    return {
      text: `${text}, asked ${isoInstant(request.requestedAt)}`,
      below: upstreamBranches(request.upstream, told),
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

/** The series that matter most: those in trouble, then those asked for last. In their old order. */
export function foremost(series: readonly LineageSeries[], count: number): readonly LineageSeries[] {
  if (series.length <= count) return series;
  const ranked = series.map((one) => ({
    one,
    troubled: one.windows.some(({ state }) => !isHeld(state) && state !== 'lost'),
    asked: one.windows.reduce((last, { requestedAt }) => Math.max(last, requestedAt), 0),
  }));
  ranked.sort((a, b) => (a.troubled === b.troubled ? b.asked - a.asked : Number(b.troubled) - Number(a.troubled)));
  const chosen = new Set(ranked.slice(0, count).map(({ one }) => one));
  return series.filter((one) => chosen.has(one));
}
