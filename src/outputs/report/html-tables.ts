import { html } from '../../platform/html.js';
import type { Html } from '../../platform/html.js';
import { formatBytes, formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import { formatShare } from './descriptions.js';
import type { RunReport } from './report.js';

export function renderBudgets(report: RunReport): Html | null {
  if (report.budgets.length === 0) return null;
  return html`<section>
    <h2>Rate limits</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Budget</th>
            <th>Provider</th>
            <th class="number">Longest wait</th>
            <th class="number">Share of the run</th>
            <th class="number">Times</th>
          </tr>
        </thead>
        <tbody>
          ${report.budgets.map(
            ({ provider, budget, waits, maxWaitMs, waitingMs }) =>
              html`<tr>
                <td>${budget}</td>
                <td>${provider}</td>
                <td class="number">${humanizeDuration(maxWaitMs)}</td>
                <td class="number">${formatShare(waitingMs, report.durationMs)}</td>
                <td class="number">${formatCount(waits)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

export function renderTables(report: RunReport): Html | null {
  if (report.tables.length === 0) return null;
  const describeMaintenance = (table: RunReport['tables'][number]): string =>
    [
      table.merged === null
        ? ''
        : `${pluralize(table.merged.before, 'file')} merged into ${formatCount(table.merged.after)}`,
      table.removed === null
        ? ''
        : `${pluralize(table.removed.files, 'old file')} removed (${formatBytes(table.removed.bytes)})`,
    ]
      .filter((text) => text !== '')
      .join(', ');
  return html`<section>
    <h2>Stored</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Table</th>
            <th class="number">Rows</th>
            <th class="number">Files</th>
            <th class="number">Size</th>
            <th class="number">Commits</th>
            <th class="number">Version</th>
          </tr>
        </thead>
        <tbody>
          ${report.tables.map(
            (table) =>
              html`<tr>
                <td>
                  ${table.dataset}
                  <div class="quiet small">${describeMaintenance(table)}</div>
                </td>
                <td class="number">${formatCount(table.rows)}</td>
                <td class="number">${formatCount(table.files)}</td>
                <td class="number">${formatBytes(table.bytes)}</td>
                <td class="number">${formatCount(table.commits)}</td>
                <td class="number">${table.version === null ? '' : String(table.version)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

export function renderSlowestTasks(report: RunReport): Html | null {
  if (report.slowest.length < 2) return null;
  return html`<section>
    <h2>Slowest tasks</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Step</th>
            <th>Symbol</th>
            <th class="number">Time</th>
            <th class="number">Requests</th>
            <th class="number">Rows</th>
          </tr>
        </thead>
        <tbody>
          ${report.slowest.map(
            (task) =>
              html`<tr>
                <td>${task.step}</td>
                <td>${task.symbol}</td>
                <td class="number">${humanizeDuration(task.durationMs)}</td>
                <td class="number">${formatCount(task.requests)}</td>
                <td class="number">${formatCount(task.rows)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
