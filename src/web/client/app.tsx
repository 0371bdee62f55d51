import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { apiPath, useDocument } from './api.ts';
import type { SessionDocument } from '../server/documents.ts';
import { LiveContext, SessionContext, useEvents } from './live.ts';
import { linkTo, useRoute } from './route.ts';
import type { Route } from './route.ts';
import { CoverageView } from './views/coverage.tsx';
import { DataView } from './views/data.tsx';
import { LineageView } from './views/lineage.tsx';
import { NowView } from './views/now.tsx';
import { PlanView } from './views/plan.tsx';
import { RunsView } from './views/runs.tsx';
import { SourcesView } from './views/sources.tsx';

const views: Readonly<
  Record<string, { readonly title: string; readonly Body: (props: { readonly route: Route }) => JSX.Element }>
> = {
  now: { title: 'Now', Body: NowView },
  coverage: { title: 'Coverage', Body: CoverageView },
  plan: { title: 'Plan', Body: PlanView },
  runs: { title: 'Runs', Body: RunsView },
  lineage: { title: 'Lineage', Body: LineageView },
  data: { title: 'Data', Body: DataView },
  sources: { title: 'Sources', Body: SourcesView },
};

const noSession: SessionDocument = { version: '', canAct: false, readOnly: true };

export function App(): JSX.Element {
  const live = useEvents();
  const route = useRoute();
  const session = useDocument<SessionDocument>(apiPath('session'), 0);
  const known = session.kind === 'ready' ? session.value : noSession;
  const main = useRef<HTMLElement>(null);
  const links = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const current = links.current?.querySelector<HTMLElement>('[aria-current]');
    if (current === null || current === undefined || links.current === null) return;
    // On a phone the list is wider than the screen. Only the list may scroll, not the page.
    links.current.scrollLeft = current.offsetLeft - (links.current.clientWidth - current.offsetWidth) / 2;
  }, [route.view]);
  const shown = views[route.view];
  const title = shown?.title ?? 'Not found';
  useEffect(() => {
    document.title = `${title} · pipe`;
  }, [title]);
  const health = live.now?.health ?? null;
  return (
    <SessionContext.Provider value={known}>
      <LiveContext.Provider value={live}>
        <a
          class="skip"
          href="#main"
          onClick={(event) => {
            event.preventDefault();
            main.current?.focus();
          }}
        >
          Skip to content
        </a>
        <div class="frame">
          <nav aria-label="Views">
            <a class="brand" href={linkTo('now')}>
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <rect width="16" height="16" rx="3" />
                <path d="M3 11V8h2v3zm3.5 0V5h2v6zM10 11V3h2v8z" />
              </svg>
              pipe
            </a>
            <ul ref={links}>
              {Object.entries(views).map(([name, view]) => (
                <li key={name}>
                  <a href={linkTo(name)} aria-current={name === route.view ? 'page' : undefined}>
                    {view.title}
                  </a>
                </li>
              ))}
            </ul>
            <div class="foot">
              <ThemeSwitch />
              <span class="minor">{known.version === '' ? '' : `v${known.version}`}</span>
              <span class="minor">
                {known.readOnly
                  ? 'read-only'
                  : known.canAct
                    ? 'may start runs'
                    : 'reads only: open the printed address to start runs'}
              </span>
            </div>
          </nav>
          <main id="main" ref={main} tabIndex={-1}>
            <header class="top">
              <h1>{title}</h1>
              <p class="health" role="status">
                <span class={`dot ${health === null ? 'quiet' : health.status}`} aria-hidden="true" />
                <span class="sentence">{health === null ? 'reading the state of the lake…' : health.sentence}</span>
                <span class={`link ${live.isConnected ? 'on' : 'off'}`}>
                  {live.isConnected ? 'live' : 'not connected'}
                </span>
              </p>
            </header>
            {shown === undefined ? <p>There is no such view.</p> : <shown.Body route={route} />}
          </main>
        </div>
      </LiveContext.Provider>
    </SessionContext.Provider>
  );
}

const themes = ['system', 'light', 'dark'] as const;

/** Follows the system unless the viewer chooses; the choice stays in this browser. */
function ThemeSwitch(): JSX.Element {
  const [theme, setTheme] = useState<string>(() => window.localStorage.getItem('theme') ?? 'system');
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    window.localStorage.setItem('theme', theme);
    window.dispatchEvent(new Event('themechange'));
  }, [theme]);
  return (
    <label class="field theme">
      <span class="hidden">Colours</span>
      <select value={theme} onChange={(event) => setTheme(event.currentTarget.value)}>
        {themes.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
