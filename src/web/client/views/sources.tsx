import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { apiPath, postJson, toProblem, useDocument } from '../api.ts';
import type { ApiProblem } from '../api.ts';
import type { DoctorDocument, SourcesDocument } from '../../server/documents.ts';
import { formatCount, formatPercent, formatSeconds, formatTime, pluralize } from '../format.ts';
import { useLive, useSession } from '../live.ts';
import { Badge, Empty, Figure, Panel, Problem, Show, Table } from '../parts.tsx';
import { linkTo } from '../route.ts';

type Source = SourcesDocument['sources'][number];

export function SourcesView(): JSX.Element {
  const { now, runsVersion } = useLive();
  // The overview of the server arrives every few seconds.
  const beat = now === null ? 0 : Math.floor(Date.parse(now.at) / 5_000);
  const sources = useDocument<SourcesDocument>(apiPath('sources'), beat + runsVersion);
  return (
    <Show loaded={sources}>
      {(value) =>
        value.sources.length === 0 ? (
          <div class="grid">
            <Panel title="Sources" wide>
              <Empty title="No pipeline names a source.">
                Start with <code>pipe ui pipelines/</code>. Rows that the lake has already name theirs in their{' '}
                <a href={linkTo('lineage')}>lineage</a>.
              </Empty>
            </Panel>
          </div>
        ) : (
          <div class="grid">
            {value.sources.map((source) => (
              <SourcePanel key={source.provider} source={source} />
            ))}
          </div>
        )
      }
    </Show>
  );
}

function SourcePanel({ source }: { readonly source: Source }): JSX.Element {
  const total = source.answers + source.failures;
  return (
    <Panel title={source.provider} wide side={<Badge word={source.state} />}>
      <dl class="figures">
        <Figure
          label="requests, last 10 min"
          value={formatCount(source.strip.requests.reduce((sum, count) => sum + count, 0))}
        />
        <Figure label="failures, last 10 min" value={formatCount(source.failures)} />
        <Figure label="error rate" value={total === 0 ? '–' : formatPercent(source.failures / total)} unit="%" />
        <Figure label="last answer" value={formatTime(source.lastAnswerAt, null, true)} />
        <Figure label="used by" value={source.pipelines.join(', ')} />
      </dl>
      <Strip source={source} />
      {source.lastFailure === null ? null : (
        <p class="note">
          last failure {formatTime(source.lastFailure.at, null, true)}: {source.lastFailure.message}
        </p>
      )}
      {source.breakers.length === 0 ? (
        <p class="quiet">Every circuit is closed.</p>
      ) : (
        <ul class="list">
          {source.breakers.map((breaker) => (
            <li key={`${breaker.pipeline} ${breaker.symbol ?? ''}`}>
              <Badge word="failed" /> circuit of {breaker.symbol ?? source.provider} in {breaker.pipeline} is open until{' '}
              {formatTime(breaker.until)}
              <small>{breaker.cause ?? ''}</small>
            </li>
          ))}
        </ul>
      )}
      {source.budgets.length === 0 ? (
        <p class="quiet">No request budget applies to this source.</p>
      ) : (
        <Table
          caption={`Budgets of ${source.provider}`}
          rows={source.budgets}
          keyOf={({ budget }) => budget}
          columns={[
            { title: 'budget', cell: ({ budget }) => budget },
            { title: 'window', align: 'right', cell: ({ spanSeconds }) => formatSeconds(spanSeconds) },
            { title: 'limit', align: 'right', unit: 'requests', cell: ({ limit }) => formatCount(limit) },
            { title: 'left', align: 'right', unit: 'requests', cell: ({ left }) => formatCount(Math.floor(left)) },
            {
              title: 'used',
              cell: ({ limit, left }) => (
                <meter
                  min={0}
                  max={limit}
                  value={limit - left}
                  low={limit * 0.75}
                  high={limit * 0.95}
                  aria-label="used share of the budget"
                />
              ),
            },
          ]}
        />
      )}
      {source.canDiagnose ? <Doctor provider={source.provider} /> : null}
    </Panel>
  );
}

/** Requests over the last ten minutes, one bar for ten seconds. */
function Strip({ source }: { readonly source: Source }): JSX.Element {
  const { requests, stepSeconds } = source.strip;
  const max = Math.max(1, ...requests);
  const sum = requests.reduce((total, count) => total + count, 0);
  return (
    <figure class="strip">
      <svg
        viewBox={`0 0 ${String(requests.length)} 20`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${pluralize(sum, 'request')} in the last ten minutes, at most ${formatCount(max)} in ${String(stepSeconds)} seconds`}
      >
        {requests.map((count, index) => (
          <rect key={index} x={index + 0.1} width={0.8} y={20 - (count / max) * 20} height={(count / max) * 20} />
        ))}
      </svg>
      <figcaption>
        <span>10 min ago</span>
        <span>{sum === 0 ? 'no request' : `highest: ${pluralize(max, 'request')} in ${String(stepSeconds)} s`}</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}

function Doctor({ provider }: { readonly provider: string }): JSX.Element {
  const session = useSession();
  const [state, setState] = useState<DoctorDocument | ApiProblem | 'idle' | 'checking'>('idle');
  const check = (): void => {
    setState('checking');
    postJson<DoctorDocument>('doctor', { provider }).then(setState, (error: unknown) => setState(toProblem(error)));
  };
  return (
    <div class="doctor">
      <button type="button" disabled={!session.canAct || state === 'checking'} onClick={check}>
        {state === 'checking' ? 'checking…' : 'check connection and permissions'}
      </button>
      {typeof state === 'string' ? null : 'error' in state ? (
        <Problem problem={state} />
      ) : (
        <Table
          caption={`Findings of pipe doctor ${provider}`}
          rows={state.providers.flatMap(({ checks }) => checks)}
          keyOf={(_, index) => String(index)}
          columns={[
            { title: 'check', cell: (row) => row.name },
            { title: 'result', cell: (row) => <Badge word={row.status} /> },
            { title: 'finding', cell: (row) => row.message },
            { title: 'what to do', cell: (row) => row.hint },
          ]}
        />
      )}
    </div>
  );
}
