import { html, htmlPage } from '../core/html.js';
import type { Html } from '../core/html.js';
import { isoInstant, second } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { bytesText, countText, durationText, plural } from '../core/words.js';
import { activityChart, taskBar, taskKey, timeline } from './html-charts.js';
import type { ProblemGroup, RunReport, StepReport } from './report.js';
import { sizeOf } from './tally.js';
import { breakerWords, listWords, outcomeWords, shortHash, statusWords, taskWords } from './words.js';

/** The report as one page that needs nothing from anywhere. */
export function reportHtml(report: RunReport): string {
  const { words } = statusWords(report);
  return htmlPage(
    `${report.pipeline.name}: ${words}, ${isoInstant(report.startedAt)}`,
    html`${heading(report)} ${tiles(report)} ${problems(report)} ${steps(report)} ${budgets(report)} ${stored(report)}
    ${incidents(report)} ${slowest(report)} ${footer(report)}`,
  );
}

const nothing: Html = { markup: '' };

function heading(report: RunReport): Html {
  const { words, tone } = statusWords(report);
  const { pipeline } = report;
  return html`<header>
    <div class="heading">
      <h1>${pipeline.name}</h1>
      <span class="badge ${tone}">${words}</span>
    </div>
    ${pipeline.description === null ? null : html`<p class="quiet">${pipeline.description}</p>`}
    ${report.reason === null ? html`<p>${outcomeWords(report)}</p>` : html`<p>${report.reason}</p>`}
    <p class="quiet small">${timeText(report)}</p>
  </header>`;
}

function timeText(report: RunReport): string {
  const end =
    report.status === 'unfinished'
      ? `last heard of at ${secondText(report.endedAt)}`
      : `ended ${secondText(report.endedAt)}`;
  return `Started ${secondText(report.startedAt)}, ${end}`;
}

function secondText(instant: Instant): string {
  return isoInstant(Math.floor(instant / second) * second);
}

function tiles(report: RunReport): Html {
  const { planned, tasks } = report;
  const all = Object.values(tasks).reduce((sum, count) => sum + count, 0);
  const good = tasks.ok + tasks.satisfied;
  const expected = planned === null ? 0 : planned.requests + planned.estimatedRequests;
  const about = planned !== null && planned.estimatedRequests > 0 ? 'about ' : '';
  const tile = (name: string, figure: string, note: string): Html =>
    html`<div class="tile">
      <div class="quiet small">${name}</div>
      <div class="figure">${figure}</div>
      <div class="quiet small">${note}</div>
    </div>`;
  return html`<div class="tiles">
    ${tile('Tasks done', countText(good), good === all ? 'all of them' : `of ${countText(all)}`)}
    ${tile('Requests', countText(report.requests), planned === null || expected === 0 ? '' : `planned ${about}${countText(expected)}`)}
    ${tile('Rows', countText(report.rows), outcomes(report))}
    ${tile('Time', durationText(report.took), planned === null || planned.estimated === 0 ? '' : `planned ${durationText(planned.estimated)}`)}
  </div>`;
}

function outcomes(report: RunReport): string {
  const others = report.outcomes.filter(({ outcome }) => outcome !== 'rows');
  if (others.length === 0) return report.requests === 0 ? '' : 'every answer had some';
  return `but ${others.map(({ outcome, count }) => `${countText(count)} ${outcome}`).join(', ')}`;
}

function problems(report: RunReport): Html {
  if (sizeOf(report.problems) === 0) return nothing;
  const { first, more } = report.problems;
  return html`<section>
    <h2>What went wrong</h2>
    ${first.map(problem)}
    ${more === 0 ? null : html`<p class="quiet">And ${plural(more, 'more task')} with reasons of their own.</p>`}
  </section>`;
}

function problem(group: ProblemGroup): Html {
  const tone = group.status === 'failed' ? 'bad' : 'warn';
  const { symbols } = group;
  const short = listWords(symbols, 20);
  return html`<div class="card ${tone}">
    <div class="heading">
      <span class="badge ${tone}">${group.status === 'partial' ? 'in part' : group.status}</span
      ><strong>${group.steps.join(', ')}</strong><span class="quiet small">${plural(group.tasks, 'task')}</span>
    </div>
    <p>${group.reason}</p>
    ${
      symbols.first.length <= 20
        ? html`<p class="mono quiet">${short}</p>`
        : html`<details class="quiet">
            <summary class="mono">${short}</summary>
            <p class="mono">${listWords(symbols, symbols.first.length)}</p>
          </details>`
    }
    ${group.remedy === null ? null : html`<p class="remedy"><strong>What to do:</strong> ${group.remedy}</p>`}
  </div>`;
}

function steps(report: RunReport): Html {
  if (report.steps.length === 0) return nothing;
  return html`<section>
    <h2>Steps</h2>
    ${report.requests === 0 ? null : html`<div class="card">${timeline(report)} ${activityChart(report)}</div>`}
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
          ${report.steps.map(stepRow)}
        </tbody>
      </table>
    </div>
    ${taskKey(report.tasks)}
  </section>`;
}

function stepRow(step: StepReport): Html {
  const { planned } = step;
  const needs = step.needs.length === 0 ? null : html`<div class="quiet small">after ${step.needs.join(', ')}</div>`;
  const source =
    step.dataset === null ? null : html`<div class="quiet small">${step.dataset} from ${step.provider}</div>`;
  const planText =
    planned === null || planned.requests + planned.estimatedRequests === step.requests
      ? null
      : `planned ${planned.estimatedRequests > 0 ? 'about ' : ''}${countText(planned.requests + planned.estimatedRequests)}`;
  const words = taskWords(step.tasks)
    .map(({ text }) => text)
    .join(', ');
  return html`<tr>
    <td><strong>${step.step}</strong>${source}${needs}</td>
    <td style="min-width:8rem">
      ${taskBar(step.tasks)}
      <div class="quiet small">${words}</div>
    </td>
    <td class="number">
      ${countText(step.requests)}${planText === null ? null : html`<div class="quiet small">${planText}</div>`}
    </td>
    <td class="number">${countText(step.rows)}</td>
  </tr> `;
}

function budgets(report: RunReport): Html {
  if (report.budgets.length === 0) return nothing;
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
            ({ provider, budget, waits, waited, longest }) =>
              html`<tr>
                <td>${budget}</td>
                <td>${provider}</td>
                <td class="number">${durationText(waited)}</td>
                <td class="number">${durationText(longest)}</td>
                <td class="number">${countText(waits)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function stored(report: RunReport): Html {
  if (report.tables.length === 0) return nothing;
  const maintenance = (table: RunReport['tables'][number]): string =>
    [
      table.merged === null
        ? ''
        : `${plural(table.merged.before, 'file')} merged into ${countText(table.merged.after)}`,
      table.removed === null
        ? ''
        : `${plural(table.removed.files, 'old file')} removed (${bytesText(table.removed.bytes)})`,
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
                  <div class="quiet small">${maintenance(table)}</div>
                </td>
                <td class="number">${countText(table.rows)}</td>
                <td class="number">${countText(table.files)}</td>
                <td class="number">${bytesText(table.bytes)}</td>
                <td class="number">${countText(table.commits)}</td>
                <td class="number">${table.version < 0 ? '' : String(table.version)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function incidents(report: RunReport): Html {
  const { recovered, breakers, damage, warnings, retries } = report;
  const items = [
    ...(recovered === null || recovered.deliveries === 0
      ? []
      : [
          html`<li>
            ${plural(recovered.deliveries, 'answer')} with ${plural(recovered.rows, 'row')}, received by
            ${plural(recovered.runs.length, 'run')} that did not end, stored by this
            one${recovered.tornBytes === 0 ? '' : `; ${bytesText(recovered.tornBytes)} torn by the crash were dropped`}.
          </li>`,
        ]),
    ...(retries === 0 ? [] : [html`<li>${plural(retries, 'request')} asked again after a failure that passed.</li>`]),
    ...breakerWords(breakers).map((words) => html`<li>Left alone: ${words}.</li>`),
    ...damage.first.map(
      ({ dataset, path, problem: what }) =>
        html`<li>Damaged file in ${dataset}: <code>${path}</code> (${what}); its rows count as gaps.</li>`,
    ),
    ...(damage.more === 0 ? [] : [html`<li>And ${plural(damage.more, 'more damaged file')}.</li>`]),
    ...warnings.first.map((warning) => html`<li>${warning}</li>`),
    ...(warnings.more === 0 ? [] : [html`<li>And ${plural(warnings.more, 'more warning')}.</li>`]),
  ];
  if (items.length === 0) return nothing;
  return html`<section>
    <h2>Worth knowing</h2>
    <div class="card">
      <ul class="plain">
        ${items}
      </ul>
    </div>
  </section>`;
}

function slowest(report: RunReport): Html {
  if (report.slowest.length < 2) return nothing;
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
                <td class="number">${durationText(task.took)}</td>
                <td class="number">${countText(task.requests)}</td>
                <td class="number">${countText(task.rows)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function footer(report: RunReport): Html {
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
