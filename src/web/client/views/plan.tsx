import type { JSX } from 'preact';

import { RunButton } from '../actions.tsx';
import { apiPath, useDocument } from '../api.ts';
import { Graph } from '../charts/graph.tsx';
import type { PipelineStep, PipelinesDocument, RunDocument, TimelineDocument } from '../../server/documents.ts';
import type { PlanDocument, PlanTask } from '../documents.ts';
import { formatCount, formatSeconds, formatTime, pluralize, shortId } from '../format.ts';
import { useLive } from '../live.ts';
import { Badge, Empty, Figure, Panel, Problem, Select, Show, Table } from '../parts.tsx';
import { changeSettings, linkTo } from '../route.ts';
import type { Route } from '../route.ts';

/** Tasks that the table shows; the API counts the others. */
const maxTasks = 1_000;

export function PlanView({ route }: { readonly route: Route }): JSX.Element {
  const { lakeVersion } = useLive();
  const pipelines = useDocument<PipelinesDocument>(apiPath('pipelines'), lakeVersion);
  return (
    <Show loaded={pipelines}>
      {({ pipelines: all }) => {
        const valid = all.flatMap((one) => (one.ok ? [one] : []));
        const invalid = all.flatMap((one) => (one.ok ? [] : [one]));
        const chosen = valid.find(({ name }) => name === route.settings.get('pipeline')) ?? valid[0];
        return (
          <div class="grid">
            {invalid.map(({ file, error }) => (
              <Panel key={file} title={`${file} is invalid`} wide>
                <pre class="code">{error}</pre>
              </Panel>
            ))}
            {chosen === undefined ? (
              <Panel title="Plan" wide>
                <Empty title="No pipeline is known here.">
                  Start with <code>pipe ui pipelines/</code>, or write one with <code>pipe init</code>.
                </Empty>
              </Panel>
            ) : (
              <PipelinePlan
                key={chosen.name}
                name={chosen.name}
                file={chosen.file}
                steps={chosen.steps}
                names={valid.map(({ name }) => name)}
              />
            )}
          </div>
        );
      }}
    </Show>
  );
}

function PipelinePlan(props: {
  readonly name: string;
  readonly file: string;
  readonly steps: readonly PipelineStep[];
  readonly names: readonly string[];
}): JSX.Element {
  const { name, file, steps, names } = props;
  const { lakeVersion, runsVersion } = useLive();
  const plan = useDocument<PlanDocument>(apiPath('plan', { pipeline: name, tasks: maxTasks }), lakeVersion);
  const runs = useDocument<{ readonly runs: readonly RunDocument[] }>(
    apiPath('runs', { pipeline: name, limit: 1 }),
    runsVersion,
  );
  const last = runs.kind === 'ready' ? runs.value.runs[0] : undefined;
  const timeline = useDocument<TimelineDocument>(
    last === undefined ? null : apiPath('timeline', { run: last.runId, tasks: maxTasks }),
    runsVersion,
  );
  const lastTasks = new Map(
    last !== undefined && timeline.kind === 'ready' ? timeline.value.tasks.map((task) => [task.task, task]) : [],
  );
  return (
    <>
      <Panel
        title={name}
        wide
        side={
          <>
            {names.length > 1 ? (
              <Select
                label="pipeline"
                value={name}
                options={names}
                onChange={(value) => changeSettings({ pipeline: value })}
              />
            ) : null}
            <RunButton label="run now" request={{ pipeline: name }} question={`Start a run of ${name} now?`} />
          </>
        }
      >
        <p class="quiet">
          <code>{file}</code>
        </p>
        {plan.kind === 'failed' ? <Problem problem={plan.problem} /> : null}
        {plan.kind === 'ready' ? (
          <Totals plan={plan.value} last={last} lastTasks={lastTasks} />
        ) : plan.kind === 'loading' ? (
          <div class="loading">planning…</div>
        ) : null}
      </Panel>
      <Panel title="Steps" wide>
        <Graph
          label={`Steps of ${name}`}
          nodes={steps.map((step) => ({
            id: step.name,
            title: step.name,
            note: `${step.uses} · ${step.provider}`,
            detail: plan.kind === 'ready' ? describeStep(plan.value.tasks, step.name) : '',
            tone: plan.kind === 'ready' ? toneOfStep(plan.value.tasks, step.name) : 'quiet',
          }))}
          edges={steps.flatMap((step) => step.needs.map((need) => ({ from: need, to: step.name })))}
        />
      </Panel>
      <Panel title="Tasks" wide>
        <Show loaded={plan}>{(value) => <Tasks plan={value} last={lastTasks} />}</Show>
      </Panel>
    </>
  );
}

type LastTasks = ReadonlyMap<string, TimelineDocument['tasks'][number]>;

function Totals({
  plan,
  last,
  lastTasks,
}: {
  readonly plan: PlanDocument;
  readonly last: RunDocument | undefined;
  readonly lastTasks: LastTasks;
}): JSX.Element {
  const open = plan.tasks.filter(({ status }) => status !== 'up-to-date').length;
  const lacking = plan.lacking.filter(({ isAccepted }) => !isAccepted).length;
  return (
    <>
      <dl class="figures">
        <Figure label="requests" value={formatCount(plan.requests)} />
        {plan.estimatedRequests > plan.requests ? (
          <Figure label="with those known later" value={`≈ ${formatCount(plan.estimatedRequests)}`} />
        ) : null}
        <Figure label="windows" value={formatCount(plan.windows)} />
        <Figure
          label="duration"
          value={plan.estimatedSeconds < 1 ? '< 1 s' : `≈ ${formatSeconds(plan.estimatedSeconds)}`}
        />
        <Figure label="tasks with work" value={formatCount(open)} />
        {last === undefined ? null : (
          <Figure
            label="last run"
            value={
              <a href={linkTo('runs', { run: last.runId })}>
                {last.status}, {formatCount(last.requests)} requests
              </a>
            }
          />
        )}
      </dl>
      {plan.requests + plan.estimatedRequests === 0 ? (
        <p class="note">
          {lacking === 0
            ? 'Up to date: a run would send no request.'
            : 'Nothing to request, but data is missing: see the tasks below.'}
        </p>
      ) : last === undefined ? null : (
        <p class="note">
          {`Run ${shortId(last.runId)} (${formatTime(last.startedAt)}) sent ${pluralize(last.requests, 'request')}; the next one sends ${formatCount(plan.requests)}. ${describeDifferences(plan, lastTasks)}`}
        </p>
      )}
      {plan.accountNotes.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
    </>
  );
}

/** How the work of the plan differs from what the last run did. */
function describeDifferences({ tasks }: PlanDocument, last: LastTasks): string {
  const open = tasks.filter(({ status }) => status !== 'up-to-date');
  const added = open.filter(({ id }) => !last.has(id)).length;
  const again = open.filter(({ id }) => ['failed', 'partial', 'skipped'].includes(last.get(id)?.status ?? '')).length;
  const parts = [
    ...(added > 0 ? [`${pluralize(added, 'task')} that the last run did not start`] : []),
    ...(again > 0 ? [`${pluralize(again, 'task')} that it did not complete`] : []),
    ...(open.length > added + again ? [`${pluralize(open.length - added - again, 'task')} with other windows`] : []),
  ];
  return parts.length === 0 ? '' : `Work: ${parts.join(', ')}.`;
}

function Tasks({ plan, last }: { readonly plan: PlanDocument; readonly last: LastTasks }): JSX.Element {
  if (plan.tasks.length === 0) return <Empty title="The pipeline has no task." />;
  const ordered = [...plan.tasks].sort((a, b) => Number(a.status === 'up-to-date') - Number(b.status === 'up-to-date'));
  return (
    <>
      <Table
        caption="Tasks of the plan"
        rows={ordered}
        keyOf={({ id }) => id}
        columns={[
          { title: 'task', cell: ({ id }) => <strong>{id}</strong> },
          { title: 'status', cell: ({ status }) => <Badge word={status} /> },
          {
            title: 'requests',
            align: 'right',
            cell: ({ requests, estimatedRequests }) =>
              requests === 0 && estimatedRequests !== undefined
                ? `≈ ${formatCount(estimatedRequests)}`
                : formatCount(requests),
          },
          { title: 'windows', align: 'right', minor: true, cell: ({ windows }) => formatCount(windows.length) },
          { title: 'first window', minor: true, cell: ({ windows }) => formatTime(windows[0]?.[0], 'UTC') },
          {
            title: 'last run',
            minor: true,
            cell: ({ id }) => {
              const task = last.get(id);
              return task === undefined ? <span class="quiet">not started</span> : <Badge word={task.status} />;
            },
          },
          { title: 'reason', cell: ({ reason }) => reason },
        ]}
      />
      {plan.moreTasks === undefined ? null : (
        <p class="note">{`${formatCount(plan.moreTasks)} more tasks: pipe plan --json has all of them.`}</p>
      )}
    </>
  );
}

function describeStep(tasks: readonly PlanTask[], step: string): string {
  const own = tasks.filter((task) => task.step === step);
  const requests = own.reduce((sum, task) => sum + Math.max(task.requests, task.estimatedRequests ?? 0), 0);
  return requests === 0
    ? `${pluralize(own.length, 'task')}, up to date`
    : `${pluralize(own.length, 'task')}, ${pluralize(requests, 'request')}`;
}

function toneOfStep(tasks: readonly PlanTask[], step: string): string {
  const own = tasks.filter((task) => task.step === step);
  if (own.some(({ status }) => status === 'blocked')) return 'warn';
  return own.every(({ status }) => status === 'up-to-date') ? 'good' : 'live';
}
