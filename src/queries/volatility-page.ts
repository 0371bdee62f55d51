import { html, renderPage } from '../platform/html.js';
import type { Html } from '../platform/html.js';
import { pluralize } from '../platform/format.js';
import { describeTerm } from './describe-missing-volatility.js';
import type { VolatilityHistory } from './volatility-history.js';

const width = 800;
const height = 260;
const margin = { left: 52, right: 12, top: 14, bottom: 28 };

/** Renders a history as a self-contained page with rank, quartiles and a chart. */
export function renderVolatilityPage(history: VolatilityHistory): string {
  const { symbol, provider, days, quartiles, rank } = history;
  const last = days.at(-1);
  const tiles: readonly (readonly [string, string])[] = [
    ['at the money', last === undefined ? '–' : formatPercent(last.value)],
    ['rank', rank.rank === null ? '–' : rank.rank.toFixed(0)],
    ['percentile', rank.percentile === null ? '–' : rank.percentile.toFixed(0)],
    ['median', formatPercent(quartiles.median)],
    ['first to third quartile', `${(100 * quartiles.first).toFixed(1)}–${formatPercent(quartiles.third)}`],
  ];
  return renderPage(
    `${symbol} implied volatility`,
    html`<h1>${symbol} implied volatility</h1>
      <p class="quiet">
        ${pluralize(days.length, 'day')} to ${last?.session ?? '–'}, at the money ${describeTerm(history.termDays)},
        from ${provider}
      </p>
      <div class="tiles">
        ${tiles.map(
          ([name, value]) =>
            html`<div class="tile">
              <div class="figure">${value}</div>
              <div class="quiet small">${name}</div>
            </div>`,
        )}
      </div>
      <h2>By day</h2>
      <div class="card">${renderChart(history)}</div>
      <p class="key">
        <span class="dot-calm">first to third quartile</span>
        <span class="dot-faint">all days</span>
      </p>
      ${
        rank.rank === null
          ? html`<p class="quiet small">Rank and percentile need at least 30 days with different values.</p>`
          : null
      }
      ${renderTable(history)}`,
  );
}

function renderChart({ symbol, days, quartiles }: VolatilityHistory): Html {
  const padding = quartiles.high > quartiles.low ? 0.08 * (quartiles.high - quartiles.low) : 0.01;
  const low = Math.max(0, quartiles.low - padding);
  const high = quartiles.high + padding;
  const x = (index: number): number =>
    margin.left + ((width - margin.left - margin.right) * index) / Math.max(1, days.length - 1);
  const y = (value: number): number =>
    margin.top + ((height - margin.top - margin.bottom) * (high - value)) / (high - low);
  const band = (from: number, to: number, colour: string): Html =>
    html`<rect
      class="${colour}"
      opacity="0.35"
      x="${margin.left}"
      width="${width - margin.left - margin.right}"
      y="${formatCoordinate(y(to))}"
      height="${formatCoordinate(Math.max(1, y(from) - y(to)))}"
    />`;
  const line = days.map(({ value }, index) => `${formatCoordinate(x(index))},${formatCoordinate(y(value))}`).join(' ');
  const marks = [quartiles.low, quartiles.median, quartiles.high];
  const dates = [...new Set([0, Math.floor((days.length - 1) / 2), days.length - 1])];
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Implied volatility of ${symbol} by day">
    <g font-size="12" fill="var(--quiet)">
      ${band(quartiles.low, quartiles.high, 'fill-faint')} ${band(quartiles.first, quartiles.third, 'fill-calm')}
      ${marks.map(
        (value) =>
          html`<line
              x1="${margin.left}"
              x2="${width - margin.right}"
              y1="${formatCoordinate(y(value))}"
              y2="${formatCoordinate(y(value))}"
              stroke="var(--line)"
            />
            <text x="${margin.left - 8}" y="${formatCoordinate(y(value) + 4)}" text-anchor="end"
              >${formatPercent(value)}</text
            >`,
      )}
      ${dates.map(
        (index) =>
          html`<text
            x="${formatCoordinate(x(index))}"
            y="${height - 8}"
            text-anchor="${index === 0 ? 'start' : index === days.length - 1 ? 'end' : 'middle'}"
          >
            ${days[index]?.session ?? ''}
          </text>`,
      )}
    </g>
    <polyline points="${line}" fill="none" stroke="var(--link)" stroke-width="2" stroke-linejoin="round" />
    ${days.map(
      ({ session, value }, index) =>
        html`<circle
          class="fill-link"
          cx="${formatCoordinate(x(index))}"
          cy="${formatCoordinate(y(value))}"
          r="${days.length > 120 ? 1.5 : 3}"
        >
          <title>${session}: ${formatPercent(value)}</title>
        </circle>`,
    )}
  </svg>`;
}

/** Renders the values of the chart as a table, for screen readers and for copying. */
function renderTable({ days }: VolatilityHistory): Html {
  return html`<details>
    <summary>All days as a table</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>day</th>
            <th class="number">implied volatility</th>
          </tr>
        </thead>
        <tbody>
          ${days.map(
            ({ session, value }) =>
              html`<tr>
                <td>${session}</td>
                <td class="number">${formatPercent(value)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function formatPercent(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}

function formatCoordinate(value: number): string {
  return value.toFixed(1);
}
