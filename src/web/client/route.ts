import { useLayoutEffect, useState } from 'preact/hooks';

/** The view and its settings, which are in the address, so that a view can be shared and reloaded. */
export interface Route {
  readonly view: string;
  readonly settings: URLSearchParams;
}

export function readRoute(): Route {
  const [path = '', ...rest] = window.location.hash.replace(/^#\/?/, '').split('?');
  const view = /^[\w-]*$/.test(path) ? path : '';
  const query = rest.join('?');
  return { view: view === '' ? 'now' : view, settings: new URLSearchParams(query) };
}

export function linkTo(view: string, settings: Readonly<Record<string, string | null | undefined>> = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(settings))
    if (value !== null && value !== undefined && value !== '') query.set(key, value);
  const text = query.toString();
  return `#/${view}${text === '' ? '' : `?${text}`}`;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(readRoute);
  // An effect runs after the first paint: the address may have changed by then, and no later event reports it.
  useLayoutEffect(() => {
    const onChange = (): void => setRoute(readRoute());
    window.addEventListener('hashchange', onChange);
    return () => window.removeEventListener('hashchange', onChange);
  }, []);
  return route;
}

/** Changes settings of the view that is open. */
export function changeSettings(changes: Readonly<Record<string, string | null>>): void {
  const { view, settings } = readRoute();
  const next = new URLSearchParams(settings);
  for (const [key, value] of Object.entries(changes))
    if (value === null || value === '') next.delete(key);
    else next.set(key, value);
  window.location.hash = linkTo(view, Object.fromEntries(next));
}
