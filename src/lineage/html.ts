import { html, htmlPage } from '../core/html.js';
import type { Html } from '../core/html.js';
import type { CoverageState } from '../core/coverage.js';
import type { RequestId } from '../core/request.js';
import { isoInstant } from '../core/time.js';
import { tables } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import { countText, plural } from '../core/words.js';
import type { Window } from '../core/window.js';
import type { LineageAnswer, LineageRequest, LineageSeries } from './answer.js';
import { flowChart } from './flow-chart.js';
import { grouped } from './grouped.js';
import { rowsOf, rowsText, stretchesOf } from './stretches.js';
import type { Stretch } from './stretches.js';
import { foremost, spanText, timeText } from './tree.js';

const barsShown = 60;
const tablesShown = 12;
const stretchesShown = 40;

/** The lineage of a symbol as one page that needs nothing from anywhere. */
export function lineageHtml(answer: LineageAnswer): string {
  const sections = [...grouped(answer.datasets, ({ dataset }) => dataset)].map(([dataset, series]) =>
    datasetSection(dataset, series),
  );
  return htmlPage(
    `${answer.symbol}: where its rows come from`,
    html`<header>
        <div class="heading"><h1>${answer.symbol}</h1></div>
        <p class="quiet">${summary(answer)}</p>
      </header>
      ${
        answer.datasets.length === 0
          ? null
          : html`<h2>How it came about</h2>
              ${flowChart(answer)}`
      }
      ${sections} ${upstreamSection(answer.upstream)}`,
  );
}

function summary(answer: LineageAnswer): string {
  if (answer.datasets.length === 0) return 'Nothing is known of it here.';
  const windows = answer.datasets.reduce((sum, series) => sum + series.windows.length, 0);
  return `${plural(answer.datasets.length, 'series', 'series')}, ${plural(windows, 'window')}, ${rowsText(rowsOf(answer.datasets))}`;
}

function datasetSection(dataset: Dataset, series: readonly LineageSeries[]): Html {
  const bars = foremost(series, barsShown);
  const detailed = foremost(series, tablesShown);
  const span = tables[dataset].kind === 'span';
  return html`<section>
    <h2>${dataset}</h2>
    ${span ? html`<div class="card">${coverageBars(bars)} ${hiddenText(series.length - bars.length)} ${stateKey(series)}</div>` : null}
    ${detailed.map((one) => seriesTable(one, span, detailed.length <= 3))}
    ${hiddenText(series.length - detailed.length)}
  </section>`;
}

function hiddenText(hidden: number): Html | null {
  return hidden === 0
    ? null
    : html`<p class="quiet small">
        And ${plural(hidden, 'more series', 'more series')}, in order and asked for earlier.
      </p>`;
}

/** Held is green, known to be nothing is calm, open is a warning, refused or gone is bad. */
const colours: Readonly<Record<CoverageState, string>> = {
  data: 'good',
  empty: 'calm',
  provisional: 'skip',
  failed: 'warn',
  missing: 'warn',
  denied: 'bad',
  lost: 'bad',
};

function coverageBars(series: readonly LineageSeries[]): Html {
  const windows = series.flatMap((one) => one.windows);
  const start = Math.min(...windows.map((window) => window.start));
  const end = Math.max(...windows.map((window) => window.end));
  const whole = Math.max(1, end - start);
  return html`${series.map(
      (one) =>
        html`<div class="lane">
          <span class="name small" title="${one.series}">${parametersOf(one)}</span>
          <svg
            viewBox="0 0 100 12"
            height="12"
            preserveAspectRatio="none"
            role="img"
            aria-label="${one.series}"
            style="border-radius:3px"
          >
            <rect class="fill-faint" width="100" height="12" />
            ${stretchesOf(one).map((stretch) => coverageBar(stretch, start, whole))}
          </svg>
          <span class="length">${rowsText(rowsOf([one]))}</span>
        </div>`,
    )}
    <div class="lane">
      <span></span>
      <div class="axis"><span>${timeText(start)}</span><span>${timeText(end)}</span></div>
      <span></span>
    </div>`;
}

function coverageBar(stretch: Stretch, start: number, whole: number): Html {
  const x = (100 * (stretch.start - start)) / whole;
  const width = Math.max(0.3, (100 * (stretch.end - stretch.start)) / whole);
  return html`<rect
    class="fill-${colours[stretch.state]}"
    x="${x.toFixed(2)}"
    y="0"
    width="${width.toFixed(2)}"
    height="12"
  >
    <title>${stretch.state}: ${spanText(stretch)}</title>
  </rect>`;
}

function stateKey(series: readonly LineageSeries[]): Html {
  const states = new Set(series.flatMap((one) => one.windows.map(({ state }) => state)));
  return html`<p class="key">
    ${[...states].map((state) => html`<span class="dot-${colours[state]}">${state}</span>`)}
  </p>`;
}

/** What tells a series from its sisters: its name without table and symbol. */
function parametersOf({ series }: LineageSeries): string {
  const parameters = series.split('/').slice(2);
  return parameters.length === 0 ? series : parameters.join(' ');
}

function seriesTable(series: LineageSeries, span: boolean, open: boolean): Html {
  const stretches = stretchesOf(series);
  const shown = stretches.slice(0, stretchesShown);
  return html`<details class="card" ${open ? { markup: 'open' } : null}>
    <summary>
      <strong>${series.series}</strong>
      <span class="quiet small">from ${series.provider}, ${rowsText(rowsOf([series]))}</span>
    </summary>
    <div class="scroll" style="margin-top:0.8rem">
      <table>
        <thead>
          <tr>
            <th>${span ? 'Window' : 'As of'}</th>
            <th>State</th>
            <th class="number">Rows</th>
            <th>Request</th>
            <th>Because of</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((stretch) => stretchRow(stretch, span))}
        </tbody>
      </table>
    </div>
    ${stretches.length === shown.length ? null : html`<p class="quiet small">And ${plural(stretches.length - shown.length, 'older stretch', 'older stretches')}.</p>`}
  </details>`;
}

function stretchRow(stretch: Stretch, span: boolean): Html {
  const { latest } = stretch;
  const several =
    stretch.windows === 1
      ? null
      : html`<div class="quiet small">
          the last of ${plural(stretch.requests, 'request')} in ${plural(stretch.runs, 'run')},
          ${plural(stretch.windows, 'window')}
        </div>`;
  const points: Window = { start: stretch.start, end: stretch.end - 1 };
  const when = span ? spanText(stretch) : stretch.windows === 1 ? timeText(stretch.start) : spanText(points);
  return html`<tr>
    <td>${when}</td>
    <td>${stretch.state}${latest.note === null ? null : html`<div class="quiet small">${latest.note}</div>`}</td>
    <td class="number">${rowsText(stretch.rows)}</td>
    <td>
      <code title="${latest.requestId}">${shortId(latest.requestId)}</code>
      <div class="quiet small">
        asked ${isoInstant(latest.requestedAt)} by ${latest.pipeline.name} (${latest.pipeline.hash.slice(0, 8)})
      </div>
      ${several}
    </td>
    <td>
      ${latest.upstream.map(
        (id) =>
          html`<div>
            <a href="#${id}" title="${id}"><code>${shortId(id)}</code></a>
          </div>`,
      )}
    </td>
  </tr>`;
}

/** The end of the run's id tells runs apart; the whole of it is in the title, and in the table of requests. */
function shortId(id: RequestId): string {
  const slash = id.lastIndexOf('/');
  return `…${id.slice(Math.max(0, slash - 6))}`;
}

const requestsShown = 100;

function upstreamSection(requests: readonly LineageRequest[]): Html | null {
  if (requests.length === 0) return null;
  const shown = requests.slice(0, requestsShown);
  return html`<section>
    <h2>Requests that led to others</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Request</th>
            <th>Series</th>
            <th>Asked</th>
            <th class="number">Rows</th>
            <th>Because of</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (request) =>
              html`<tr id="${request.requestId}">
                <td><code>${request.requestId}</code></td>
                <td>${request.series}</td>
                <td>${isoInstant(request.requestedAt)}</td>
                <td class="number">${countText(request.rows)}</td>
                <td>
                  ${request.upstream.map(
                    (id) =>
                      html`<div>
                        <a href="#${id}" title="${id}"><code>${shortId(id)}</code></a>
                      </div>`,
                  )}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${requests.length === shown.length ? null : html`<p class="quiet small">And ${plural(requests.length - shown.length, 'older request')}.</p>`}
  </section>`;
}
