import { html, renderPage } from '../../platform/html.js';
import type { Html } from '../../platform/html.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { formatTime, formatTimeSeconds } from '../../core/time/zoned-time.js';
import { formatBytes, formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import { renderBudgets, renderSlowestTasks, renderTables } from './html-tables.js';
import { renderActivityChart, renderTaskBar, renderTaskLegend, renderTimeline } from './html-charts.js';
import type { ProblemGroup, RunReport, StepReport } from './report.js';
import { describeCorruption, describeRecovery } from '../describe-event.js';
import { totalCount } from './counters.js';
import {
  describeAbsence,
  describeBreakers,
  formatTruncatedList,
  describeOutcome,
  describeQualityReport,
  shortHash,
  describeStatus,
  describeTasks,
} from './descriptions.js';

/** The report as one self-contained page. */
export function renderReportHtml(report: RunReport): string {
  const { text } = describeStatus(report);
  return renderPage(
    `${report.pipeline.name}: ${text}, ${formatTime(report.startedAt)}`,
    html`${renderHeading(report)} ${renderTiles(report)} ${renderProblems(report)} ${renderAbsences(report)}
    ${renderSteps(report)} ${renderBudgets(report)} ${renderTables(report)} ${renderIncidents(report)}
    ${renderSlowestTasks(report)} ${renderFooter(report)}`,
  );
}

const emptyHtml: Html = { markup: '' };

function renderHeading(report: RunReport): Html {
  const { text, style } = describeStatus(report);
  const { pipeline } = report;
  return html`<header>
    <div class="heading">
      <h1>${pipeline.name}</h1>
      <span class="badge ${style}">${text}</span>
    </div>
    ${pipeline.description === null ? null : html`<p class="quiet">${pipeline.description}</p>`}
    ${report.reason === null ? html`<p>${describeOutcome(report)}</p>` : html`<p>${report.reason}</p>`}
    <p class="quiet small">${renderRunTimes(report)}</p>
  </header>`;
}

function renderRunTimes(report: RunReport): Html {
  const end = report.status === 'unfinished' ? 'last event' : 'ended';
  return html`Started ${renderTime(report.startedAt)}, ${end} ${renderTime(report.endedAt)}`;
}

/** A time for the viewer, with UTC for programs. */
function renderTime(instant: Instant): Html {
  return html`<time datetime="${formatInstant(instant)}">${formatTimeSeconds(instant)}</time>`;
}

function renderTiles(report: RunReport): Html {
  const { planned, tasks } = report;
  const total = Object.values(tasks).reduce((sum, count) => sum + count, 0);
  const done = tasks.ok + tasks['up-to-date'];
  const expected = planned === null ? 0 : planned.requests + planned.estimatedRequests;
  const about = planned !== null && planned.estimatedRequests > 0 ? 'about ' : '';
  const renderTile = (name: string, figure: string, note: string): Html =>
    html`<div class="tile">
      <div class="quiet small">${name}</div>
      <div class="figure">${figure}</div>
      <div class="quiet small">${note}</div>
    </div>`;
  return html`<div class="tiles">
    ${renderTile('Tasks complete', formatCount(done), done === total ? 'all' : `of ${formatCount(total)}`)}
    ${renderTile('Requests', formatCount(report.requests), planned === null || expected === 0 ? '' : `planned ${about}${formatCount(expected)}`)}
    ${renderTile('Rows', formatCount(report.rows), describeOtherOutcomes(report))}
    ${renderTile('Time', humanizeDuration(report.durationMs), planned === null || planned.estimatedMs === 0 ? '' : `planned ${humanizeDuration(planned.estimatedMs)}`)}
  </div>`;
}

function describeOtherOutcomes(report: RunReport): string {
  const otherOutcomes = report.outcomes.filter(({ outcome }) => outcome !== 'rows');
  if (otherOutcomes.length === 0) return report.requests === 0 ? '' : 'in every response';
  return `responses without rows: ${otherOutcomes.map(({ outcome, count }) => `${formatCount(count)} ${outcome}`).join(', ')}`;
}

function renderProblems(report: RunReport): Html {
  if (totalCount(report.problems) === 0) return emptyHtml;
  const { first, more } = report.problems;
  return html`<section>
    <h2>Problems</h2>
    ${first.map(renderProblem)}
    ${more === 0 ? null : html`<p class="quiet">And ${pluralize(more, 'more task')} with other reasons.</p>`}
  </section>`;
}

function renderAbsences({ absences, empty }: RunReport): Html {
  if (absences.length + empty.length === 0) return emptyHtml;
  return html`<section>
    <h2>Missing data</h2>
    <div class="card">
      <ul class="plain">
        ${absences.map((absence) => html`<li>${absence.steps.join(', ')}: ${describeAbsence(absence)}</li>`)}
        ${empty.map(({ step, symbols }) => html`<li>${step}: no rows for ${formatTruncatedList(symbols, 20)}</li>`)}
      </ul>
    </div>
  </section>`;
}

function renderProblem(group: ProblemGroup): Html {
  const style = group.status === 'failed' ? 'bad' : 'warn';
  const { symbols } = group;
  const shortList = formatTruncatedList(symbols, 20);
  return html`<div class="card ${style}">
    <div class="heading">
      <span class="badge ${style}">${group.status}</span><strong>${group.steps.join(', ')}</strong
      ><span class="quiet small">${pluralize(group.tasks, 'task')}</span>
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
    ${group.hint === null ? null : html`<p class="hint"><strong>What to do:</strong> ${group.hint}</p>`}
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
  const origin =
    step.dataset === null ? null : html`<div class="quiet small">${step.dataset} from ${step.provider}</div>`;
  const plannedText =
    planned === null || planned.requests + planned.estimatedRequests === step.requests
      ? null
      : `planned ${planned.estimatedRequests > 0 ? 'about ' : ''}${formatCount(planned.requests + planned.estimatedRequests)}`;
  const taskText = describeTasks(step.tasks)
    .map(({ text }) => text)
    .join(', ');
  return html`<tr>
    <td><strong>${step.step}</strong>${origin}${needs}</td>
    <td style="min-width:8rem">
      ${renderTaskBar(step.tasks)}
      <div class="quiet small">${taskText}</div>
    </td>
    <td class="number">
      ${formatCount(step.requests)}${plannedText === null ? null : html`<div class="quiet small">${plannedText}</div>`}
    </td>
    <td class="number">${formatCount(step.rows)}</td>
  </tr> `;
}

function renderIncidents(report: RunReport): Html {
  const { recovered, breakers, damage, warnings, retries } = report;
  const items = [
    ...(recovered === null || recovered.results === 0
      ? []
      : [
          html`<li>
            This run
            ${describeRecovery(recovered)}${recovered.tornBytes === 0 ? '' : `; ${formatBytes(recovered.tornBytes)} left incomplete by a crash were dropped`}.
          </li>`,
        ]),
    ...(retries === 0 ? [] : [html`<li>${pluralize(retries, 'retry', 'retries')} after transient failures.</li>`]),
    ...describeBreakers(breakers).map((words) => html`<li>Circuit: ${words}.</li>`),
    ...damage.first.map((file) => html`<li>Data integrity: ${describeCorruption(file)}.</li>`),
    ...(damage.more === 0 ? [] : [html`<li>And ${pluralize(damage.more, 'more corrupted file')}.</li>`]),
    ...describeQualityReport(report.quality).map((words) => html`<li>Quality: ${words}.</li>`),
    ...warnings.first.map((warning) => html`<li>${warning}</li>`),
    ...(warnings.more === 0 ? [] : [html`<li>And ${pluralize(warnings.more, 'more warning')}.</li>`]),
  ];
  if (items.length === 0) return emptyHtml;
  return html`<section>
    <h2>Notes</h2>
    <div class="card">
      <ul class="plain">
        ${items}
      </ul>
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
      For the origin of each row: <code>pipe lineage SYMBOL</code>. All events of the run: <code>events.ndjson</code> in
      the folder of this page.
    </p>
  </footer>`;
}
