import type { JSX } from 'preact';

import { apiPath, useDocument } from './api.ts';
import type { WhyDocument } from './documents.ts';
import { formatSeconds, formatTime, pluralize, shortId } from './format.ts';
import { useLive } from './live.ts';
import { Show } from './parts.tsx';
import { linkTo } from './route.ts';

/** One value of a table, as `pipe why` names it. */
export interface NamedValue {
  readonly symbol: string;
  readonly date: string;
  readonly dataset: string;
  readonly bar: string | null;
  readonly provider: string;
}

/** Explains a value: the request behind it and what it replaced; or why there is none, and what would fetch it. */
export function Why(named: NamedValue): JSX.Element {
  const { lakeVersion } = useLive();
  const why = useDocument<WhyDocument>(apiPath('why', { ...named }), lakeVersion);
  return (
    <Show loaded={why}>
      {(value) => (
        <dl class="pairs">{value.missing === null ? <Present why={value} /> : <Missing missing={value.missing} />}</dl>
      )}
    </Show>
  );
}

function Present({ why }: { readonly why: WhyDocument }): JSX.Element {
  const { request, replaced } = why;
  const [last] = replaced;
  return (
    <>
      <dt>{why.column ?? 'rows'}</dt>
      <dd>
        <strong>{why.column === null ? pluralize(why.rows, 'row') : formatValue(why.value)}</strong>{' '}
        <span class="quiet">at {formatTime(why.at, why.timeZone)}</span>
      </dd>
      {request === null ? null : (
        <>
          <dt>{why.computed ? 'computed' : 'request'}</dt>
          <dd>
            <code>{request.requestId}</code>, sent {formatTime(request.requestedAt, null, true)} by run{' '}
            <a href={linkTo('runs', { run: request.runId })}>{shortId(request.runId)}</a>
            {why.computed ? `, from ${pluralize(why.inputs.length, 'stored answer')}` : ''}
          </dd>
        </>
      )}
      <dt>replaced</dt>
      <dd>
        {last === undefined
          ? 'nothing'
          : `${last.isValueKnown ? formatValue(last.value) : 'a value whose file is deleted'}, requested ${formatTime(last.requestedAt, null, true)}`}
        {replaced.length > 1 ? `, and ${pluralize(replaced.length - 1, 'earlier value')}` : ''}
      </dd>
    </>
  );
}

function Missing({ missing }: { readonly missing: NonNullable<WhyDocument['missing']> }): JSX.Element {
  const more = missing.estimatedRequests ?? 0;
  return (
    <>
      <dt>because</dt>
      <dd>{missing.reason}</dd>
      <dt>repair</dt>
      <dd>
        {missing.command === null ? (missing.obstacle ?? 'none') : <code>{missing.command}</code>}
        {missing.command === null ? null : (
          <span class="quiet">
            {' '}
            {pluralize(missing.requests ?? 0, 'request')}
            {more === 0 ? '' : ` and about ${String(more)} more`}, about {formatSeconds(missing.estimatedSeconds)}
          </span>
        )}
      </dd>
    </>
  );
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return 'null (the provider gave none)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
