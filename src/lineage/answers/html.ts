import { html, renderPage } from '../../platform/html.js';
import type { Html } from '../../platform/html.js';
import type { CoverageState } from '../../core/coverage.js';
import type { RequestId } from '../../core/request.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { formatTimeSeconds } from '../../core/time/zoned-time.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { formatCount, pluralize } from '../../platform/format.js';
import type { Window } from '../../core/time/window.js';
import type { LineageResult, LineageRequest, LineageSeries } from './query-lineage.js';
import { renderFlowChart } from './flow-chart.js';
import { groupBy } from '../../platform/group-by.js';
import { describeCalls } from './describe-call.js';
import { countSeriesRows, formatRowCount, coalesceWindows } from './coalesced-windows.js';
import type { WindowRange } from './coalesced-windows.js';
import { formatMoment, formatSpan } from './market-time.js';
import { formatPipeline, selectMostRelevant } from './tree.js';

const maxBarsShown = 60;
const maxTablesShown = 12;
const maxRangesShown = 40;

/** Renders the lineage of a symbol as one self-contained page. */
export function renderLineageHtml(result: LineageResult): string {
  const sections = [...groupBy(result.datasets, ({ dataset }) => dataset)].map(([dataset, series]) =>
    renderDataset(dataset, series, result.sent),
  );
  return renderPage(
    `Lineage of ${result.symbol}`,
    html`<header>
        <div class="heading"><h1>${result.symbol}</h1></div>
        <p class="quiet">${formatSummary(result)}</p>
      </header>
      ${
        result.datasets.length === 0
          ? null
          : html`<h2>Data flow</h2>
              ${renderFlowChart(result)}`
      }
      ${sections} ${renderUpstream(result.upstream, result.sent)}`,
  );
}

function formatSummary(result: LineageResult): string {
  if (result.datasets.length === 0) return 'No data in this lake.';
  const windows = result.datasets.reduce((sum, series) => sum + series.windows.length, 0);
  return `${pluralize(result.datasets.length, 'series', 'series')}, ${pluralize(windows, 'window')}, ${formatRowCount(countSeriesRows(result.datasets))}`;
}

function renderDataset(dataset: Dataset, series: readonly LineageSeries[], sent: LineageResult['sent']): Html {
  const bars = selectMostRelevant(series, maxBarsShown);
  const detailed = selectMostRelevant(series, maxTablesShown);
  const isSpanTable = tables[dataset].kind === 'span';
  return html`<section>
    <h2>${dataset}</h2>
    ${isSpanTable ? html`<div class="card">${renderCoverageBars(bars)} ${renderHiddenCount(series.length - bars.length)} ${renderStateLegend(series)}</div>` : null}
    ${detailed.map((one) => renderSeriesTable(one, isSpanTable, detailed.length <= 3, sent))}
    ${renderHiddenCount(series.length - detailed.length)}
  </section>`;
}

function renderHiddenCount(hidden: number): Html | null {
  return hidden === 0
    ? null
    : html`<p class="quiet small">
        And ${pluralize(hidden, 'more series', 'more series')} without problems, requested earlier.
      </p>`;
}

/** CSS classes. */
const stateColours: Readonly<Record<CoverageState, string>> = {
  data: 'good',
  empty: 'calm',
  provisional: 'skip',
  failed: 'warn',
  missing: 'warn',
  rescaled: 'warn',
  denied: 'bad',
  unavailable: 'bad',
};

function renderCoverageBars(series: readonly LineageSeries[]): Html {
  const windows = series.flatMap((one) => one.windows);
  // Options have more windows than a call can have arguments.
  const start = windows.reduce((first, window) => Math.min(first, window.start), Infinity);
  const end = windows.reduce((last, window) => Math.max(last, window.end), -Infinity);
  const totalDuration = Math.max(1, end - start);
  return html`${series.map(
      (one) =>
        html`<div class="lane">
          <span class="name small" title="${one.series}">${formatSeriesParameters(one)}</span>
          <svg
            viewBox="0 0 100 12"
            height="12"
            preserveAspectRatio="none"
            role="img"
            aria-label="${one.series}"
            style="border-radius:3px"
          >
            <rect class="fill-faint" width="100" height="12" />
            ${coalesceWindows(one).map((range) => renderCoverageBar(range, one.timeZone, start, totalDuration))}
          </svg>
          <span class="length">${formatRowCount(countSeriesRows([one]))}</span>
        </div>`,
    )}
    <div class="lane">
      <span></span>
      <div class="axis">
        <span>${formatMoment(start, series[0]?.timeZone)}</span><span>${formatMoment(end, series[0]?.timeZone)}</span>
      </div>
      <span></span>
    </div>`;
}

function renderCoverageBar(range: WindowRange, zone: string | undefined, start: number, totalDuration: number): Html {
  const x = (100 * (range.start - start)) / totalDuration;
  const width = Math.max(0.3, (100 * (range.end - range.start)) / totalDuration);
  return html`<rect
    class="fill-${stateColours[range.state]}"
    x="${x.toFixed(2)}"
    y="0"
    width="${width.toFixed(2)}"
    height="12"
  >
    <title>${range.state}: ${formatSpan(range, zone)}</title>
  </rect>`;
}

function renderStateLegend(series: readonly LineageSeries[]): Html {
  const states = new Set(series.flatMap((one) => one.windows.map(({ state }) => state)));
  return html`<p class="key">
    ${[...states].map((state) => html`<span class="dot-${stateColours[state]}">${state}</span>`)}
  </p>`;
}

/** The name of a series without table and symbol. */
function formatSeriesParameters({ series }: LineageSeries): string {
  const parameters = series.split('/').slice(2);
  return parameters.length === 0 ? series : parameters.join(' ');
}

function renderSeriesTable(
  series: LineageSeries,
  isSpanTable: boolean,
  open: boolean,
  sent: LineageResult['sent'],
): Html {
  const ranges = coalesceWindows(series);
  const shown = ranges.slice(0, maxRangesShown);
  return html`<details class="card" ${open ? { markup: 'open' } : null}>
    <summary>
      <strong>${series.series}</strong>
      <span class="quiet small">from ${series.provider}, ${formatRowCount(countSeriesRows([series]))}</span>
    </summary>
    <div class="scroll" style="margin-top:0.8rem">
      <table>
        <thead>
          <tr>
            <th>${isSpanTable ? 'Window' : 'As of'}</th>
            <th>State</th>
            <th class="number">Rows</th>
            <th>Request</th>
            <th>Upstream</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((range) => renderRangeRow(range, series.timeZone, isSpanTable, sent))}
        </tbody>
      </table>
    </div>
    ${ranges.length === shown.length ? null : html`<p class="quiet small">And ${pluralize(ranges.length - shown.length, 'older range')}.</p>`}
  </details>`;
}

/** What a request asked its provider, a line for each call. */
function renderCalls(id: RequestId, sent: LineageResult['sent']): readonly Html[] {
  return describeCalls(sent?.get(id) ?? []).map((text) => html`<div class="quiet small">${text}</div>`);
}

function renderRangeRow(
  range: WindowRange,
  zone: string | undefined,
  isSpanTable: boolean,
  sent: LineageResult['sent'],
): Html {
  const { latest } = range;
  const groupNote =
    range.windows === 1
      ? null
      : html`<div class="quiet small">
          latest of ${pluralize(range.requests, 'request')} in ${pluralize(range.runs, 'run')},
          ${pluralize(range.windows, 'window')}
        </div>`;
  const pointSpan: Window = { start: range.start, end: range.end - 1 };
  const when = isSpanTable
    ? formatSpan(range, zone)
    : range.windows === 1
      ? formatMoment(range.start, zone)
      : formatSpan(pointSpan, zone);
  return html`<tr>
    <td>${when}</td>
    <td>${range.state}${latest.reason === null ? null : html`<div class="quiet small">${latest.reason}</div>`}</td>
    <td class="number">${formatRowCount(range.rows)}</td>
    <td>
      <code title="${latest.requestId}">${shortenId(latest.requestId)}</code>
      <div class="quiet small">sent ${renderTime(latest.requestedAt)} by ${formatPipeline(latest.pipeline)}</div>
      ${renderCalls(latest.requestId, sent)} ${groupNote}
    </td>
    <td>
      ${latest.upstream.map(
        (id) =>
          html`<div>
            <a href="#${id}" title="${id}"><code>${shortenId(id)}</code></a>
          </div>`,
      )}
    </td>
  </tr>`;
}

/** A time for the viewer, with UTC for programs. */
function renderTime(instant: Instant): Html {
  return html`<time datetime="${formatInstant(instant)}">${formatTimeSeconds(instant)}</time>`;
}

/** Keeps the end of the run id, which distinguishes runs. */
function shortenId(id: RequestId): string {
  const slash = id.lastIndexOf('/');
  return `…${id.slice(Math.max(0, slash - 6))}`;
}

const maxRequestsShown = 100;

function renderUpstream(requests: readonly LineageRequest[], sent: LineageResult['sent']): Html | null {
  if (requests.length === 0) return null;
  const shown = requests.slice(0, maxRequestsShown);
  return html`<section>
    <h2>Upstream requests</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Request</th>
            <th>Series</th>
            <th>Sent</th>
            <th class="number">Rows</th>
            <th>Upstream</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (request) =>
              html`<tr id="${request.requestId}">
                <td><code>${request.requestId}</code>${renderCalls(request.requestId, sent)}</td>
                <td>${request.series}</td>
                <td>${renderTime(request.requestedAt)}</td>
                <td class="number">${formatCount(request.rows)}</td>
                <td>
                  ${request.upstream.map(
                    (id) =>
                      html`<div>
                        <a href="#${id}" title="${id}"><code>${shortenId(id)}</code></a>
                      </div>`,
                  )}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${requests.length === shown.length ? null : html`<p class="quiet small">And ${pluralize(requests.length - shown.length, 'older request')}.</p>`}
  </section>`;
}
