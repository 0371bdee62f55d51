import { joinLines } from '../../platform/text/escape.js';
import { formatTimeSeconds } from '../../core/time/zoned-time.js';
import { pluralize } from '../../platform/format.js';
import type { RequestId } from '../../core/request.js';
import { tables } from '../../core/tables/tables.js';
import type { LineageResult, LineageRequest, LineageSeries, LineageWindow } from './query-lineage.js';
import { describeCalls } from './describe-call.js';
import { groupBy } from '../../platform/group-by.js';
import { isAnswered } from '../../core/coverage-fold.js';
import { countRows, countSeriesRows, formatRowCount, coalesceWindows } from './coalesced-windows.js';
import type { WindowRange } from './coalesced-windows.js';
import { formatMoment, formatSpan } from './market-time.js';

export interface LineageTreeOptions {
  /** Shows every window and series instead of a summary. */
  readonly all?: boolean;
  /** The lake has data for the symbol, but none that the query selects. */
  readonly isFilteredOut?: boolean;
}

const maxSeriesShown = 6;
const maxRangesShown = 8;

/** A line and its children. */
interface TreeNode {
  readonly text: string;
  readonly children: readonly TreeNode[];
}

/** The upstream requests, and those whose origin is already shown. */
interface TreeContext {
  readonly requests: ReadonlyMap<RequestId, LineageRequest>;
  readonly expanded: Set<RequestId>;
  readonly sent: LineageResult['sent'];
}

/** Formats the lineage of a symbol as a tree: tables, series, windows, requests and their upstream requests. */
export function formatLineageTree(result: LineageResult, options: LineageTreeOptions = {}): string {
  if (result.datasets.length === 0)
    return options.isFilteredOut === true
      ? `no data for ${result.symbol} that match the options\n`
      : `no data for ${result.symbol} in this lake\n`;
  const context: TreeContext = {
    requests: new Map(result.upstream.map((request) => [request.requestId, request])),
    expanded: new Set(),
    sent: result.sent,
  };
  const byDataset = groupBy(result.datasets, ({ dataset }) => dataset);
  const nodes = [...byDataset].map(([dataset, series]): TreeNode => {
    const shown = options.all === true ? series : selectMostRelevant(series, maxSeriesShown);
    const hidden = series.length - shown.length;
    const children = shown.map((one) => buildSeriesNode(one, context, options));
    const rest: TreeNode[] =
      hidden === 0
        ? []
        : [{ text: `and ${pluralize(hidden, 'more series', 'more series')} (--all shows them)`, children: [] }];
    return {
      text: `${dataset}  ${pluralize(series.length, 'series', 'series')}, ${formatRowCount(countSeriesRows(series))}`,
      children: [...children, ...rest],
    };
  });
  return joinLines([result.symbol, ...drawNodes(nodes, '')]);
}

function drawNodes(nodes: readonly TreeNode[], indent: string): string[] {
  return nodes.flatMap(({ text, children }, index) => {
    const last = index === nodes.length - 1;
    return [`${indent}${last ? '└─' : '├─'} ${text}`, ...drawNodes(children, `${indent}${last ? '   ' : '│  '}`)];
  });
}

function buildSeriesNode(series: LineageSeries, context: TreeContext, options: LineageTreeOptions): TreeNode {
  const text = `${series.series}  from ${series.provider}`;
  const kind = tables[series.dataset].kind;
  const zone = series.timeZone;
  if (options.all === true) {
    return {
      text,
      children: [...series.windows].reverse().map((window) => buildWindowNode(window, kind, zone, context)),
    };
  }
  const ranges = coalesceWindows(series);
  const shown = ranges.slice(0, maxRangesShown);
  const hidden = ranges.length - shown.length;
  return {
    text,
    children: [
      ...shown.map((range) => buildRangeNode(range, kind, zone, context)),
      ...(hidden === 0 ? [] : [{ text: `and ${pluralize(hidden, 'older range')} (--all shows them)`, children: [] }]),
    ],
  };
}

function buildRangeNode(
  range: WindowRange,
  kind: 'span' | 'point',
  zone: string | undefined,
  context: TreeContext,
): TreeNode {
  if (range.windows === 1) return buildWindowNode(range.latest, kind, zone, context);
  const { latest } = range;
  const span = kind === 'span' ? formatSpan(range, zone) : formatSpan({ start: range.start, end: range.end - 1 }, zone);
  const reasonText = latest.reason === null ? '' : `  (${latest.reason})`;
  return {
    text: `${span}  ${range.state}  ${formatRowCount(range.rows)}  ${pluralize(range.windows, 'window')}, ${pluralize(range.requests, 'request')}, ${pluralize(range.runs, 'run')}${reasonText}`,
    children: [{ text: `latest: ${describeOrigin(latest)}`, children: buildOriginNodes(latest, context) }],
  };
}

/** What the request of a window asked, and the requests that it depends on. */
function buildOriginNodes({ requestId, upstream }: LineageWindow, context: TreeContext): TreeNode[] {
  return [...buildSentNodes(requestId, context), ...buildUpstreamNodes(upstream, context)];
}

function buildSentNodes(id: RequestId, { sent }: TreeContext): TreeNode[] {
  return describeCalls(sent?.get(id) ?? []).map((text) => ({ text, children: [] }));
}

function buildWindowNode(
  window: LineageWindow,
  kind: 'span' | 'point',
  zone: string | undefined,
  context: TreeContext,
): TreeNode {
  const time = kind === 'span' ? formatSpan(window, zone) : formatMoment(window.start, zone);
  const reasonText = window.reason === null ? '' : `  (${window.reason})`;
  return {
    text: `${time}  ${window.state}  ${formatRowCount(countRows([window]))}${reasonText}`,
    children: [{ text: describeOrigin(window), children: buildOriginNodes(window, context) }],
  };
}

function describeOrigin({ requestId, requestedAt, pipeline }: LineageWindow): string {
  return `request ${requestId}, sent ${formatTimeSeconds(requestedAt)} by ${formatPipeline(pipeline)}`;
}

/** Names a pipeline with the beginning of its hash, if it has one: `daily (3f2a91c0)`. */
export function formatPipeline({ name, hash }: LineageWindow['pipeline']): string {
  return hash === null ? name : `${name} (${hash.slice(0, 8)})`;
}

/** Builds the upstream requests recursively; a request that appears again is shown without its own upstream. */
function buildUpstreamNodes(ids: readonly RequestId[], context: TreeContext): TreeNode[] {
  return ids.map((id) => {
    const request = context.requests.get(id);
    if (request === undefined) return { text: `upstream: request ${id}, no longer in the log`, children: [] };
    const text = `upstream: ${request.series}, request ${id}`;
    if (context.expanded.has(id)) return { text, children: [] };
    context.expanded.add(id);
    const note = request.dataset === 'overviews' ? ' (first or last of the overviews that the rank compares)' : '';
    return {
      text: `${text}, sent ${formatTimeSeconds(request.requestedAt)}${note}`,
      children: [...buildSentNodes(id, context), ...buildUpstreamNodes(request.upstream, context)],
    };
  });
}

/** Selects the series with problems, then those requested last; keeps their order. */
export function selectMostRelevant(series: readonly LineageSeries[], count: number): readonly LineageSeries[] {
  if (series.length <= count) return series;
  const ranked = series.map((one) => ({
    one,
    hasProblem: one.windows.some(({ state }) => !isAnswered(state) && state !== 'unavailable'),
    lastRequestedAt: one.windows.reduce((last, { requestedAt }) => Math.max(last, requestedAt), 0),
  }));
  ranked.sort((a, b) =>
    a.hasProblem === b.hasProblem ? b.lastRequestedAt - a.lastRequestedAt : Number(b.hasProblem) - Number(a.hasProblem),
  );
  const chosen = new Set(ranked.slice(0, count).map(({ one }) => one));
  return series.filter((one) => chosen.has(one));
}
