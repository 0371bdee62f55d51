import type { JSX } from 'preact';

import { apiPath, useDocument } from '../api.ts';
import type { LiveRun, NowDocument } from '../../server/documents.ts';
import type { StatusDocument } from '../documents.ts';
import { formatBytes, formatCount, formatRelative, formatSeconds, formatTime, pluralize, shortId } from '../format.ts';
import { useLive } from '../live.ts';
import { Badge, Empty, Panel, Show, Table } from '../parts.tsx';
import { linkTo } from '../route.ts';

export function NowView(): JSX.Element {
  const { now, runs, lakeVersion } = useLive();
  const status = useDocument<StatusDocument>(apiPath('status'), lakeVersion);
  if (now === null) return <div class="loading">loading…</div>;
  const { reasons } = now.health;
  const shownRuns = runs.length > 0 ? runs : now.running;
  return (
    <div class="grid">
      {now.isEmpty && shownRuns.length === 0 ? (
        <Panel title="Start here" wide>
          <Empty title="This lake is empty.">
            Write a pipeline with <code>pipe init</code>, look at its <a href={linkTo('plan')}>plan</a>, and fetch it
            with <code>pipe run</code>.
          </Empty>
        </Panel>
      ) : null}
      {reasons.length > 1 ? (
        <Panel title="What needs attention" wide>
          <ul class="reasons">
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </Panel>
      ) : null}
      <Panel title="Runs in progress and just ended" wide>
        {shownRuns.length === 0 ? (
          <Empty title="No run is in progress.">
            The next one starts when it is due, or from the <a href={linkTo('plan')}>plan</a>.
          </Empty>
        ) : (
          shownRuns.map((run) => <RunProgress key={run.runId} run={run} />)
        )}
      </Panel>
      <Panel title="Due next">
        <Due now={now} />
      </Panel>
      <Panel title="Open alerts">
        {now.alerts.length === 0 ? (
          <Empty title="No alert is open." />
        ) : (
          <ul class="list">
            {now.alerts.map((alert) => (
              <li key={`${alert.pipeline} ${alert.rule} ${alert.subject}`}>
                <Badge word={alert.severity} /> <strong>{alert.subject}</strong> {alert.message}
                <small>
                  {alert.pipeline}, {alert.rule}, since {formatTime(alert.startedAt)}
                </small>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="At risk" wide>
        {now.risks.length === 0 ? (
          <Empty title="Nothing is at risk: no window failed, no rows are lost, no circuit is open." />
        ) : (
          <Table
            caption="At risk"
            rows={now.risks}
            keyOf={(risk) => `${risk.subject} ${risk.text}`}
            columns={[
              { title: 'subject', cell: (risk) => <strong>{risk.subject}</strong> },
              { title: 'what', wrap: true, cell: (risk) => risk.text },
              { title: 'what to do', cell: (risk) => risk.action },
            ]}
          />
        )}
      </Panel>
      <Panel title="Tables" wide>
        <Show loaded={status}>{(value) => <Tables status={value} />}</Show>
      </Panel>
    </div>
  );
}

function Due({ now }: { readonly now: NowDocument }): JSX.Element {
  if (now.due.length === 0)
    return (
      <Empty title="No pipeline has a schedule.">
        Add <code>schedule: {'{ cron: "30 18 * * 1-5" }'}</code> to one, and start <code>pipe serve</code>.
      </Empty>
    );
  const at = Date.parse(now.at);
  return (
    <ul class="list">
      {now.due.map(({ name, zone, next }) => (
        <li key={name}>
          <a href={linkTo('plan', { pipeline: name })}>
            <strong>{name}</strong>
          </a>{' '}
          {next[0] === undefined ? 'no further run' : formatRelative(next[0], at)}
          {next[0] === undefined ? null : <small>{describeDue(next[0], zone)}</small>}
        </li>
      ))}
    </ul>
  );
}

/** A due time in the zone of the exchange, and in that of the viewer if it is another one. */
function describeDue(due: string, zone: string | null): string {
  const [there, here] = [formatTime(due, zone), formatTime(due)];
  return there === here ? there : `${there} = ${here}`;
}

/** One run with its steps; the numbers move while the page is open. */
export function RunProgress({ run }: { readonly run: LiveRun }): JSX.Element {
  const share = run.expected === 0 ? (run.status === 'running' ? 0 : 1) : Math.min(1, run.responses / run.expected);
  return (
    <article class="run" data-run={run.runId} data-status={run.status}>
      <header>
        <Badge word={run.status} />
        <a href={linkTo('runs', { run: run.runId })}>
          <strong>{run.pipeline}</strong> <span class="id">{shortId(run.runId)}</span>
        </a>
        <span class="facts">
          <span data-fact="responses">
            {formatCount(run.responses)} of {formatCount(run.expected)} responses
          </span>
          <span>{pluralize(run.rows, 'row')}</span>
          <span>{formatCount(run.responsesPerMinute)} per min</span>
          {run.remainingSeconds === null ? null : <span>about {formatSeconds(run.remainingSeconds)} left</span>}
          {run.waitsFor === null ? null : <span>waits for {run.waitsFor}</span>}
        </span>
      </header>
      <progress max={1} value={share} aria-label={`Progress of ${run.pipeline}`} />
      {run.reason === null ? null : <p class="note">{run.reason}</p>}
      <div class="steps">
        {run.steps.map((step) => (
          <div key={step.step} class="step">
            <span class="name">{step.step}</span>
            <progress
              max={Math.max(1, step.tasks)}
              value={step.ended}
              aria-label={`Step ${step.step}`}
              class={(step.counts['failed'] ?? 0) > 0 ? 'bad' : ''}
            />
            <span class="number">
              {formatCount(step.ended)}/{formatCount(step.tasks)}
            </span>
            <span class="number">{pluralize(step.rows, 'row')}</span>
            <span class="bad">
              {(step.counts['failed'] ?? 0) > 0 ? `${formatCount(step.counts['failed'] ?? 0)} failed` : ''}
            </span>
          </div>
        ))}
      </div>
    </article>
  );
}

function Tables({ status }: { readonly status: StatusDocument }): JSX.Element {
  const tables = status.tables.filter(({ version }) => version !== null);
  if (tables.length === 0) return <Empty title="No table has rows yet." />;
  return (
    <Table
      caption="Tables of the lake"
      rows={tables}
      keyOf={({ dataset }) => dataset}
      columns={[
        { title: 'table', cell: ({ dataset }) => <a href={linkTo('coverage', { dataset })}>{dataset}</a> },
        { title: 'rows', align: 'right', cell: ({ rows }) => formatCount(rows) },
        { title: 'series', align: 'right', cell: ({ series }) => formatCount(series) },
        { title: 'size', align: 'right', cell: ({ bytes }) => formatBytes(bytes) },
        { title: 'files', align: 'right', minor: true, cell: ({ files }) => formatCount(files) },
        { title: 'from', minor: true, cell: ({ span }) => (span === null ? '–' : formatTime(span.start, 'UTC')) },
        { title: 'to', minor: true, cell: ({ span }) => (span === null ? '–' : formatTime(span.end, 'UTC')) },
        {
          title: 'open windows',
          cell: ({ open }) => {
            const parts = Object.entries(open).filter(([, count]) => count > 0);
            return parts.length === 0 ? (
              <span class="good">none</span>
            ) : (
              parts.map(([state, count]) => `${formatCount(count)} ${state}`).join(', ')
            );
          },
        },
      ]}
    />
  );
}
