import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { postJson, toProblem } from './api.ts';
import type { ApiProblem } from './api.ts';
import { useSession } from './live.ts';
import { linkTo } from './route.ts';
import { shortId } from './format.ts';

export interface RunRequest {
  readonly pipeline: string;
  readonly symbols?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly retry?: 'failed' | 'denied' | 'empty';
}

type State =
  | { readonly kind: 'idle' | 'asking' | 'starting' }
  | { readonly kind: 'started'; readonly runId: string }
  | { readonly kind: 'failed'; readonly problem: ApiProblem };

/** Starts a run after a confirmation. The server takes the lock of the pipeline, so that a second click starts nothing. */
export function RunButton(props: {
  readonly label: string;
  readonly request: RunRequest;
  readonly question: string;
}): JSX.Element {
  const session = useSession();
  const [state, setState] = useState<State>({ kind: 'idle' });
  const start = (): void => {
    setState({ kind: 'starting' });
    postJson<{ readonly runId: string }>('run', props.request).then(
      ({ runId }) => setState({ kind: 'started', runId }),
      (error: unknown) => setState({ kind: 'failed', problem: toProblem(error) }),
    );
  };
  if (!session.canAct)
    return (
      <button
        type="button"
        disabled
        title={
          session.readOnly ? 'This server is read-only.' : 'Open the address that the server printed at its start.'
        }
      >
        {props.label}
      </button>
    );
  switch (state.kind) {
    case 'idle':
      return (
        <button type="button" class="primary" onClick={() => setState({ kind: 'asking' })}>
          {props.label}
        </button>
      );
    case 'asking':
      return (
        <span class="confirm" role="alertdialog" aria-label={props.question}>
          <span>{props.question}</span>
          <button type="button" class="primary" onClick={start} autoFocus>
            start
          </button>
          <button type="button" onClick={() => setState({ kind: 'idle' })}>
            cancel
          </button>
        </span>
      );
    case 'starting':
      return (
        <button type="button" disabled aria-busy="true">
          starting…
        </button>
      );
    case 'started':
      return (
        <a class="button" href={linkTo('now')}>
          run {shortId(state.runId)} started
        </a>
      );
    case 'failed':
      return (
        <span class="confirm" role="alert">
          <span class="bad">{state.problem.error}</span>
          <button type="button" onClick={() => setState({ kind: 'idle' })}>
            close
          </button>
        </span>
      );
  }
}
