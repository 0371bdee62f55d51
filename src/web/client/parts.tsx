import type { ComponentChildren, JSX } from 'preact';

import type { ApiProblem, Loaded } from './api.ts';

/** The tone of a state or a status: the same word has the same colour everywhere. */
export function toneOf(word: string): string {
  switch (word) {
    case 'ok':
    case 'healthy':
    case 'data':
    case 'up-to-date':
    case 'up to date':
    case 'passed':
      return 'good';
    case 'running':
    case 'ready':
    case 'provisional':
    case 'deferred':
      return 'live';
    case 'partial':
    case 'degraded':
    case 'warning':
    case 'cancelled':
    case 'skipped':
    case 'blocked':
    case 'denied':
    case 'rescaled':
      return 'warn';
    case 'failed':
    case 'crashed':
    case 'unhealthy':
    case 'critical':
    case 'missing':
      return 'bad';
    default:
      return 'quiet';
  }
}

export function Badge({ word }: { readonly word: string }): JSX.Element {
  return <span class={`badge ${toneOf(word)}`}>{word === 'up-to-date' ? 'up to date' : word}</span>;
}

export function Panel(props: {
  readonly title: string;
  readonly side?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly wide?: boolean;
}): JSX.Element {
  return (
    <section class={`panel${props.wide === true ? ' wide' : ''}`}>
      <header>
        <h2>{props.title}</h2>
        {props.side === undefined ? null : <div class="side">{props.side}</div>}
      </header>
      {props.children}
    </section>
  );
}

/** What to do where there is nothing to see. */
export function Empty(props: { readonly title: string; readonly children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <strong>{props.title}</strong>
      {props.children === undefined ? null : <p>{props.children}</p>}
    </div>
  );
}

export function Problem({ problem }: { readonly problem: ApiProblem }): JSX.Element {
  return (
    <div class="problem" role="alert">
      <strong>{problem.error}</strong>
      {problem.hint === null ? null : <p>{problem.hint}</p>}
    </div>
  );
}

/** Shows a document when it is there; before, that it is being loaded; or why it cannot be. */
export function Show<T>(props: {
  readonly loaded: Loaded<T>;
  readonly children: (value: T) => ComponentChildren;
}): JSX.Element {
  const { loaded } = props;
  if (loaded.kind === 'loading')
    return (
      <div class="loading" aria-busy="true">
        loading…
      </div>
    );
  if (loaded.kind === 'failed') return <Problem problem={loaded.problem} />;
  return <div class={loaded.isStale ? 'stale' : 'fresh'}>{props.children(loaded.value)}</div>;
}

export interface Column<Row> {
  readonly title: string;
  readonly unit?: string;
  readonly align?: 'right';
  /** A sentence, which wraps on narrow screens. */
  readonly wrap?: boolean;
  /** Hidden on narrow screens. */
  readonly minor?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
}

/** A table with aligned columns; it scrolls within itself on narrow screens. */
export function Table<Row>(props: {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string;
  readonly rowClass?: (row: Row) => string;
  readonly max?: number;
}): JSX.Element {
  const { columns, rows, max = 500 } = props;
  const shown = rows.slice(0, max);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={props.caption}>
      <table>
        <caption class="hidden">{props.caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, unit, align, minor }) => (
              <th key={title} scope="col" class={`${align ?? ''}${minor === true ? ' minor' : ''}`}>
                {title}
                {unit === undefined ? null : <span class="unit"> {unit}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            <tr key={props.keyOf(row, index)} class={props.rowClass?.(row) ?? ''}>
              {columns.map(({ title, align, minor, wrap, cell }) => (
                <td
                  key={title}
                  class={`${align ?? ''}${minor === true ? ' minor' : ''}${wrap === true ? ' wrap' : ''}`}
                >
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length ? <p class="more">{`${String(rows.length - shown.length)} more rows`}</p> : null}
    </div>
  );
}

export function Select(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (string | { readonly value: string; readonly text: string })[];
  readonly onChange: (value: string) => void;
}): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.options.map((option) => {
          const { value, text } = typeof option === 'string' ? { value: option, text: option } : option;
          return (
            <option key={value} value={value}>
              {text}
            </option>
          );
        })}
      </select>
    </label>
  );
}

/** A number with its name and its unit. */
export function Figure(props: {
  readonly label: string;
  readonly value: ComponentChildren;
  readonly unit?: string;
}): JSX.Element {
  return (
    <div class="figure">
      <dt>{props.label}</dt>
      <dd>
        {props.value}
        {props.unit === undefined ? null : <span class="unit"> {props.unit}</span>}
      </dd>
    </div>
  );
}
