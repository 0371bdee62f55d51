import type { JSX } from 'preact';

import { apiPath, useDocument } from '../api.ts';
import type { TimelineDocument } from '../../server/documents.ts';
import type { ReportDocument } from '../documents.ts';
import { formatCount, formatSeconds, formatTime, shortId } from '../format.ts';
import { Badge, Empty, Panel, Show, Table } from '../parts.tsx';
import { changeSettings } from '../route.ts';

type Task = TimelineDocument['tasks'][number];

/** Two runs beside each other: in total, by step, and the tasks whose results differ. */
export function CompareRuns({ first, second }: { readonly first: string; readonly second: string }): JSX.Element {
  const reports = [
    useDocument<ReportDocument>(apiPath('report', { run: first }), 0),
    useDocument<ReportDocument>(apiPath('report', { run: second }), 0),
  ] as const;
  const timelines = [
    useDocument<TimelineDocument>(apiPath('timeline', { run: first }), 0),
    useDocument<TimelineDocument>(apiPath('timeline', { run: second }), 0),
  ] as const;
  return (
    <Panel
      title={`Run ${shortId(first)} compared with ${shortId(second)}`}
      wide
      side={
        <button type="button" onClick={() => changeSettings({ with: null })}>
          close
        </button>
      }
    >
      <Show loaded={reports[0]}>
        {(one) => <Show loaded={reports[1]}>{(two) => <Totals names={[first, second]} reports={[one, two]} />}</Show>}
      </Show>
      <Show loaded={timelines[0]}>
        {(one) => (
          <Show loaded={timelines[1]}>{(two) => <Differences names={[first, second]} timelines={[one, two]} />}</Show>
        )}
      </Show>
    </Panel>
  );
}

type Both<T> = readonly [T, T];

function Totals({
  names,
  reports,
}: {
  readonly names: Both<string>;
  readonly reports: Both<ReportDocument>;
}): JSX.Element {
  const steps = [...new Set(reports.flatMap((report) => report.steps.map(({ step }) => step)))];
  const rows = [
    ...steps.map((step) => ({ name: step, parts: reports.map((report) => stepOf(report, step)) })),
    { name: 'in total', parts: reports },
  ];
  return (
    <Table
      caption="Two runs by step"
      rows={rows}
      keyOf={({ name }) => name}
      columns={[
        { title: 'step', cell: ({ name }) => <strong>{name}</strong> },
        ...(['requests', 'rows', 'durationSeconds'] as const).flatMap((key) =>
          names.map((name, index) => ({
            title: `${key === 'durationSeconds' ? 'time' : key} of ${shortId(name)}`,
            align: 'right' as const,
            cell: ({ parts }: (typeof rows)[number]) =>
              key === 'durationSeconds' ? formatSeconds(parts[index]?.[key]) : formatCount(parts[index]?.[key] ?? 0),
          })),
        ),
      ]}
    />
  );
}

function stepOf({ steps }: ReportDocument, name: string): ReportDocument['steps'][number] | undefined {
  return steps.find(({ step }) => step === name);
}

/** The tasks that only one of the runs has, or that ended differently. */
function Differences({
  names,
  timelines,
}: {
  readonly names: Both<string>;
  readonly timelines: Both<TimelineDocument>;
}): JSX.Element {
  const [first, second] = timelines.map(({ tasks }) => new Map(tasks.map((task) => [task.task, task])));
  const rows = [...new Set(timelines.flatMap(({ tasks }) => tasks.map(({ task }) => task)))]
    .map((task) => ({ task, one: first?.get(task), two: second?.get(task) }))
    .filter(({ one, two }) => one?.status !== two?.status || one?.rows !== two?.rows);
  const [one, two] = timelines;
  return (
    <>
      <p class="note">
        {`${shortId(names[0])} started ${formatTime(one.startedAt, null, true)}, ${shortId(names[1])} started ${formatTime(two.startedAt, null, true)}.`}
      </p>
      {rows.length === 0 ? (
        <Empty title="Every task ended in the same way and with as many rows." />
      ) : (
        <Table
          caption="Tasks that differ"
          rows={rows}
          keyOf={({ task }) => task}
          max={200}
          columns={[
            { title: 'task that differs', cell: ({ task }) => <strong>{task}</strong> },
            { title: shortId(names[0]), cell: (row) => <Result task={row.one} /> },
            { title: shortId(names[1]), cell: (row) => <Result task={row.two} /> },
          ]}
        />
      )}
    </>
  );
}

function Result({ task }: { readonly task: Task | undefined }): JSX.Element {
  if (task === undefined) return <span class="quiet">not started</span>;
  return (
    <>
      <Badge word={task.status} /> {formatCount(task.rows)} rows <span class="quiet">{task.reason ?? ''}</span>
    </>
  );
}
