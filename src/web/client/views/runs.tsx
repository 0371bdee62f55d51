import type { JSX } from 'preact';

import { apiPath, useDocument } from '../api.ts';
import type { RunDocument, TimelineDocument } from '../../server/documents.ts';
import type { ReportDocument } from '../documents.ts';
import { formatCount, formatSeconds, formatTime, pluralize, shortId } from '../format.ts';
import { useLive } from '../live.ts';
import { Badge, Empty, Figure, Panel, Show, Table } from '../parts.tsx';
import { changeSettings, linkTo } from '../route.ts';
import type { Route } from '../route.ts';
import { CompareRuns } from './compare-runs.tsx';
import { RunProgress } from './now.tsx';

export function RunsView({ route }: { readonly route: Route }): JSX.Element {
  const { runsVersion, runs: live } = useLive();
  const run = route.settings.get('run');
  const other = route.settings.get('with');
  const runs = useDocument<{ readonly runs: readonly RunDocument[] }>(apiPath('runs', { limit: 100 }), runsVersion);
  const active = live.find(({ runId }) => runId === run);
  return (
    <div class="grid">
      {active?.status !== 'running' ? null : (
        <Panel title="In progress" wide>
          <RunProgress run={active} />
        </Panel>
      )}
      {run === null ? null : <RunPanels run={run} version={runsVersion} />}
      {run === null || other === null ? null : <CompareRuns first={run} second={other} />}
      <Panel title="History" wide>
        <Show loaded={runs}>
          {({ runs: all }) =>
            all.length === 0 ? (
              <Empty title="No run is recorded yet.">
                Start one from the <a href={linkTo('plan')}>plan</a>, or with <code>pipe run</code>.
              </Empty>
            ) : (
              <History runs={all} selected={run} />
            )
          }
        </Show>
      </Panel>
    </div>
  );
}

function History({
  runs,
  selected,
}: {
  readonly runs: readonly RunDocument[];
  readonly selected: string | null;
}): JSX.Element {
  const longest = Math.max(1, ...runs.map(({ durationMs }) => durationMs ?? 0));
  return (
    <Table
      caption="Runs, newest first"
      rows={runs}
      keyOf={({ runId }) => runId}
      rowClass={({ runId }) => (runId === selected ? 'selected' : '')}
      columns={[
        {
          title: 'started',
          cell: (run) => <a href={linkTo('runs', { run: run.runId })}>{formatTime(run.startedAt, null, true)}</a>,
        },
        { title: 'pipeline', cell: (run) => run.pipeline.name },
        { title: 'status', cell: (run) => <Badge word={run.status} /> },
        {
          title: 'duration',
          align: 'right',
          cell: (run) => formatSeconds(run.durationMs === null ? null : run.durationMs / 1000),
        },
        {
          title: 'relative',
          minor: true,
          cell: (run) => (
            <meter
              min={0}
              max={longest}
              value={run.durationMs ?? 0}
              aria-label="duration, relative to the longest run"
            />
          ),
        },
        { title: 'requests', align: 'right', cell: (run) => formatCount(run.requests) },
        { title: 'rows', align: 'right', cell: (run) => formatCount(run.rows) },
        { title: 'reason', minor: true, cell: (run) => run.reason ?? '' },
        {
          title: 'compare',
          cell: (run) =>
            selected === null ? (
              <span class="quiet">open a run first</span>
            ) : selected === run.runId ? (
              <span class="quiet">this run</span>
            ) : (
              <button
                type="button"
                aria-label={`Compare run ${shortId(selected)} with run ${shortId(run.runId)}`}
                onClick={() => changeSettings({ with: run.runId })}
              >
                compare
              </button>
            ),
        },
      ]}
    />
  );
}

function RunPanels({ run, version }: { readonly run: string; readonly version: number }): JSX.Element {
  const report = useDocument<ReportDocument>(apiPath('report', { run }), version);
  const timeline = useDocument<TimelineDocument>(apiPath('timeline', { run }), version);
  return (
    <>
      <Panel
        title={`Run ${shortId(run)}`}
        wide
        side={
          <button type="button" onClick={() => changeSettings({ run: null, with: null })}>
            close
          </button>
        }
      >
        <Show loaded={report}>{(value) => <Report report={value} />}</Show>
      </Panel>
      <Panel title="Timeline" wide>
        <Show loaded={timeline}>{(value) => <Timeline timeline={value} />}</Show>
      </Panel>
      <Panel title="Log" wide>
        <Show loaded={timeline}>
          {({ log, moreLogLines }) =>
            log.length === 0 ? (
              <Empty title="The run has logged nothing." />
            ) : (
              <>
                {moreLogLines > 0 ? <p class="note">{pluralize(moreLogLines, 'earlier line')}</p> : null}
                <ol class="log" tabIndex={0} aria-label="Log of the run">
                  {log.map(({ at, level, text }, index) => (
                    <li key={index} class={level}>
                      <time>{formatTime(at, null, true).slice(11)}</time> {text}
                    </li>
                  ))}
                </ol>
              </>
            )
          }
        </Show>
      </Panel>
    </>
  );
}

function Report({ report }: { readonly report: ReportDocument }): JSX.Element {
  return (
    <>
      <dl class="figures">
        <Figure label="status" value={<Badge word={report.status} />} />
        <Figure label="duration" value={formatSeconds(report.durationSeconds)} />
        <Figure label="requests" value={formatCount(report.requests)} />
        <Figure label="rows" value={formatCount(report.rows)} />
        <Figure label="retries" value={formatCount(report.retries)} />
        {report.outcomes.map(({ outcome, count }) => (
          <Figure key={outcome} label={`answers: ${outcome}`} value={formatCount(count)} />
        ))}
      </dl>
      {report.reason === null ? null : <p class="note">{report.reason}</p>}
      {report.problems.first.length === 0 ? null : (
        <ul class="list">
          {report.problems.first.map((problem) => (
            <li key={`${problem.status} ${problem.reason}`}>
              <Badge word={problem.status} /> {problem.reason}
              <small>
                {problem.symbols.first.join(', ')}
                {problem.symbols.more > 0 ? ` and ${formatCount(problem.symbols.more)} more` : ''}
                {problem.hint === null ? '' : `: ${problem.hint}`}
              </small>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Bars of the tasks over the time of the run; the table beside it says the same to readers that see none. */
function Timeline({ timeline }: { readonly timeline: TimelineDocument }): JSX.Element {
  const { tasks } = timeline;
  if (tasks.length === 0) return <Empty title="No task has started." />;
  const start = Math.min(...tasks.map(({ startedAt }) => Date.parse(startedAt)));
  const end = Math.max(start + 1, ...tasks.map((task) => Date.parse(task.endedAt ?? task.startedAt)));
  const share = (iso: string): number => ((Date.parse(iso) - start) / (end - start)) * 100;
  const shown = tasks.slice(0, 200);
  return (
    <>
      <p class="quiet">
        {formatTime(new Date(start).toISOString(), null, true)} to {formatTime(new Date(end).toISOString(), null, true)}{' '}
        ({formatSeconds((end - start) / 1000)})
      </p>
      <ol class="timeline" tabIndex={0} aria-label="Tasks over time">
        {shown.map((task) => {
          const from = share(task.startedAt);
          const to = share(task.endedAt ?? new Date(end).toISOString());
          const seconds = task.endedAt === null ? null : (Date.parse(task.endedAt) - Date.parse(task.startedAt)) / 1000;
          return (
            <li key={task.task}>
              <span class="name">{task.task}</span>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class={`status-${task.status}`} x={from} width={Math.max(0.4, to - from)} y={1} height={8} />
              </svg>
              <span class="number">{formatSeconds(seconds)}</span>
              <span class="number minor">{pluralize(task.rows, 'row')}</span>
              <Badge word={task.status} />
              {task.reason === null ? null : <small>{task.reason}</small>}
            </li>
          );
        })}
      </ol>
      {tasks.length + timeline.moreTasks > shown.length ? (
        <p class="note">{`${formatCount(tasks.length + timeline.moreTasks - shown.length)} more tasks`}</p>
      ) : null}
    </>
  );
}
