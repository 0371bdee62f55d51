import { html, renderPage } from '../../platform/html.js';
import type { Html } from '../../platform/html.js';
import { formatInstant, second } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { formatBytes, formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import { renderActivityChart, renderTaskBar, renderTaskLegend, renderTimeline } from './html-charts.js';
import type { ProblemGroup, RunReport, StepReport } from './report.js';
import { totalCount } from './counters.js';
import {
  describeBreakers,
  formatTruncatedList,
  describeOutcome,
  shortHash,
  describeStatus,
  describeTasks,
} from './descriptions.js';

/** The report as one page that needs nothing from anywhere. */
export function renderReportHtml(report: RunReport): string {
  const { text } = describeStatus(report);
  return renderPage(
    `${report.pipeline.name}: ${text}, ${formatInstant(report.startedAt)}`,
    html`${renderHeading(report)} ${renderTiles(report)} ${renderProblems(report)} ${renderSteps(report)}
    ${renderBudgets(report)} ${renderTables(report)} ${renderIncidents(report)} ${renderSlowestTasks(report)}
    ${renderFooter(report)}`,
  );
}

const emptyHtml: Html = { markup: '' };

function renderHeading(report: RunReport): Html {
  const { text, tone } = describeStatus(report);
  const { pipeline } = report;
  return html`<header>
    <div class="heading">
      <h1>${pipeline.name}</h1>
      <span class="badge ${tone}">${text}</span>
    </div>
    ${pipeline.description === null ? null : html`<p class="quiet">${pipeline.description}</p>`}
    ${report.reason === null ? html`<p>${describeOutcome(report)}</p>` : html`<p>${report.reason}</p>`}
    <p class="quiet small">${formatRunTimes(report)}</p>
  </header>`;
}

function formatRunTimes(report: RunReport): string {
  const end =
    report.status === 'unfinished'
      ? `last heard of at ${formatToSecond(report.endedAt)}`
      : `ended ${formatToSecond(report.endedAt)}`;
  return `Started ${formatToSecond(report.startedAt)}, ${end}`;
}

function formatToSecond(instant: Instant): string {
  return formatInstant(Math.floor(instant / second) * second);
}

function renderTiles(report: RunReport): Html {
  const { planned, tasks } = report;
  const total = Object.values(tasks).reduce((sum, count) => sum + count, 0);
  const done = tasks.ok + tasks.satisfied;
  const expected = planned === null ? 0 : planned.requests + planned.estimatedRequests;
  const about = planned !== null && planned.estimatedRequests > 0 ? 'about ' : '';
  const renderTile = (name: string, figure: string, note: string): Html =>
    html`<div class="tile">
      <div class="quiet small">${name}</div>
      <div class="figure">${figure}</div>
      <div class="quiet small">${note}</div>
    </div>`;
  return html`<div class="tiles">
    ${renderTile('Tasks done', formatCount(done), done === total ? 'all of them' : `of ${formatCount(total)}`)}
    ${renderTile('Requests', formatCount(report.requests), planned === null || expected === 0 ? '' : `planned ${about}${formatCount(expected)}`)}
    ${renderTile('Rows', formatCount(report.rows), describeOtherOutcomes(report))}
    ${renderTile('Time', humanizeDuration(report.durationMs), planned === null || planned.estimatedMs === 0 ? '' : `planned ${humanizeDuration(planned.estimatedMs)}`)}
  </div>`;
}

function describeOtherOutcomes(report: RunReport): string {
  const otherOutcomes = report.outcomes.filter(({ outcome }) => outcome !== 'rows');
  if (otherOutcomes.length === 0) return report.requests === 0 ? '' : 'every answer had some';
  return `but ${otherOutcomes.map(({ outcome, count }) => `${formatCount(count)} ${outcome}`).join(', ')}`;
}

function renderProblems(report: RunReport): Html {
  if (totalCount(report.problems) === 0) return emptyHtml;
  const { first, more } = report.problems;
  return html`<section>
    <h2>What went wrong</h2>
    ${first.map(renderProblem)}
    ${more === 0 ? null : html`<p class="quiet">And ${pluralize(more, 'more task')} with reasons of their own.</p>`}
  </section>`;
}

function renderProblem(group: ProblemGroup): Html {
  const tone = group.status === 'failed' ? 'bad' : 'warn';
  const { symbols } = group;
  const shortList = formatTruncatedList(symbols, 20);
  return html`<div class="card ${tone}">
    <div class="heading">
      <span class="badge ${tone}">${group.status === 'partial' ? 'in part' : group.status}</span
      ><strong>${group.steps.join(', ')}</strong><span class="quiet small">${pluralize(group.tasks, 'task')}</span>
    </div>
    <p>${group.reason}</p>
    ${
      symbols.first.length <= 20
        ? html`<p class="mono quiet">${shortList}</p>`
        : html`<details class="quiet">
            <summary class="mono">${shortList}</summary>
            <p class="mono">${formatTruncatedList(symbols, symbols.first.length)}</p>
          </details>`
    }
    ${group.hint === null ? null : html`<p class="remedy"><strong>What to do:</strong> ${group.hint}</p>`}
  </div>`;
}

function renderSteps(report: RunReport): Html {
  if (report.steps.length === 0) return emptyHtml;
  return html`<section>
    <h2>Steps</h2>
    ${report.requests === 0 ? null : html`<div class="card">${renderTimeline(report)} ${renderActivityChart(report)}</div>`}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Step</th>
            <th>Tasks</th>
            <th class="number">Requests</th>
            <th class="number">Rows</th>
          </tr>
        </thead>
        <tbody>
          ${report.steps.map(renderStepRow)}
        </tbody>
      </table>
    </div>
    ${renderTaskLegend(report.tasks)}
  </section>`;
}

function renderStepRow(step: StepReport): Html {
  const { planned } = step;
  const needs = step.needs.length === 0 ? null : html`<div class="quiet small">after ${step.needs.join(', ')}</div>`;
  const source =
    step.dataset === null ? null : html`<div class="quiet small">${step.dataset} from ${step.provider}</div>`;
  const plannedText =
    planned === null || planned.requests + planned.estimatedRequests === step.requests
      ? null
      : `planned ${planned.estimatedRequests > 0 ? 'about ' : ''}${formatCount(planned.requests + planned.estimatedRequests)}`;
  const words = describeTasks(step.tasks)
    .map(({ text }) => text)
    .join(', ');
  return html`<tr>
    <td><strong>${step.step}</strong>${source}${needs}</td>
    <td style="min-width:8rem">
      ${renderTaskBar(step.tasks)}
      <div class="quiet small">${words}</div>
    </td>
    <td class="number">
      ${formatCount(step.requests)}${plannedText === null ? null : html`<div class="quiet small">${plannedText}</div>`}
    </td>
    <td class="number">${formatCount(step.rows)}</td>
  </tr> `;
}

function renderBudgets(report: RunReport): Html {
  if (report.budgets.length === 0) return emptyHtml;
  return html`<section>
    <h2>Waiting for budgets</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Budget</th>
            <th>Source</th>
            <th class="number">Waited</th>
            <th class="number">Longest</th>
            <th class="number">Times</th>
          </tr>
        </thead>
        <tbody>
          ${report.budgets.map(
            ({ provider, budget, waits, waitedMs, maxWaitMs }) =>
              html`<tr>
                <td>${budget}</td>
                <td>${provider}</td>
                <td class="number">${humanizeDuration(waitedMs)}</td>
                <td class="number">${humanizeDuration(maxWaitMs)}</td>
                <td class="number">${formatCount(waits)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function renderTables(report: RunReport): Html {
  if (report.tables.length === 0) return emptyHtml;
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
                <td class="number">${table.version < 0 ? '' : String(table.version)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function renderIncidents(report: RunReport): Html {
  const { recovered, breakers, damage, warnings, retries } = report;
  const items = [
    ...(recovered === null || recovered.results === 0
      ? []
      : [
          html`<li>
            ${pluralize(recovered.results, 'answer')} with ${pluralize(recovered.rows, 'row')}, received by
            ${pluralize(recovered.runs.length, 'run')} that did not end, stored by this
            one${recovered.tornBytes === 0 ? '' : `; ${formatBytes(recovered.tornBytes)} torn by the crash were dropped`}.
          </li>`,
        ]),
    ...(retries === 0
      ? []
      : [html`<li>${pluralize(retries, 'request')} asked again after a failure that passed.</li>`]),
    ...describeBreakers(breakers).map((words) => html`<li>Left alone: ${words}.</li>`),
    ...damage.first.map(
      ({ dataset, path, problem: what }) =>
        html`<li>Damaged file in ${dataset}: <code>${path}</code> (${what}); its rows count as gaps.</li>`,
    ),
    ...(damage.more === 0 ? [] : [html`<li>And ${pluralize(damage.more, 'more damaged file')}.</li>`]),
    ...warnings.first.map((warning) => html`<li>${warning}</li>`),
    ...(warnings.more === 0 ? [] : [html`<li>And ${pluralize(warnings.more, 'more warning')}.</li>`]),
  ];
  if (items.length === 0) return emptyHtml;
  return html`<section>
    <h2>Worth knowing</h2>
    <div class="card">
      <ul class="plain">
        ${items}
      </ul>
    </div>
  </section>`;
}

function renderSlowestTasks(report: RunReport): Html {
  if (report.slowest.length < 2) return emptyHtml;
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

function renderFooter(report: RunReport): Html {
  return html`<footer>
    <p>
      Run <code>${report.runId}</code> of <code>${report.pipeline.file}</code> (${shortHash(report.pipeline.hash)}) into
      <code>${report.lake}</code>, by pipe ${report.version}.
    </p>
    <p>
      What each row came from: <code>pipe lineage SYMBOL</code>. What happened, event by event:
      <code>events.ndjson</code> beside this page.
    </p>
  </footer>`;
}
