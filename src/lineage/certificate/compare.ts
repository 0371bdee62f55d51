import type { CertifiedSeries, CertifiedSession } from './certificate.js';

/** A difference between a certificate and a lake. */
export interface CertificateDifference {
  /**
   * - `row-changed`, `row-missing`, `row-added`: one row of a session
   * - `replaced`: other requests brought the rows since, so that their hash differs
   * - `state`: the rows are equal, and what is known of the session is not
   * - `series-missing`: the lake has nothing of a series
   */
  readonly kind: 'row-changed' | 'row-missing' | 'row-added' | 'replaced' | 'state' | 'series-missing';
  readonly series: string;
  /** Null for a whole series. */
  readonly session: string | null;
  readonly detail: string;
}

/** Compares the sessions of a certificate with those that a lake has now. */
export function compareSeries(
  certified: readonly CertifiedSeries[],
  found: readonly CertifiedSeries[],
): readonly CertificateDifference[] {
  const byName = new Map(found.map((series) => [nameSeries(series), series]));
  return certified.flatMap((series): readonly CertificateDifference[] => {
    const name = nameSeries(series);
    const other = byName.get(name);
    if (other === undefined) {
      const rows = series.sessions.reduce((sum, session) => sum + session.rows, 0);
      return [
        {
          kind: 'series-missing',
          series: name,
          session: null,
          detail: `the lake has none of its ${String(rows)} rows`,
        },
      ];
    }
    const sessions = new Map(other.sessions.map((session) => [session.date, session]));
    return series.sessions.flatMap((session) => {
      const now = sessions.get(session.date);
      if (now === undefined)
        return [
          { kind: 'state' as const, series: name, session: session.date, detail: 'the calendar has no such session' },
        ];
      return compareSessions(session, now).map((one) => ({ ...one, series: name, session: session.date }));
    });
  });
}

/** `mock 1 day TRADES true`. */
export function nameSeries({ provider, key }: Pick<CertifiedSeries, 'provider' | 'key'>): string {
  return [provider, ...Object.values(key)].join(' ');
}

function compareSessions(
  certified: CertifiedSession,
  found: CertifiedSession,
): readonly Pick<CertificateDifference, 'kind' | 'detail'>[] {
  if (certified.hash !== found.hash || certified.rows !== found.rows) {
    const rows = compareRows(certified.digests, found.digests);
    const added = found.requests.filter(({ id }) => !certified.requests.some((known) => known.id === id));
    if (added.length === 0) return rows;
    const names = added.map(({ id, requestedAt }) => `request ${id} of ${requestedAt}`).join(', ');
    return [{ kind: 'replaced', detail: `${names} replaced rows since` }, ...rows];
  }
  const differences: Pick<CertificateDifference, 'kind' | 'detail'>[] = [];
  if (certified.state !== found.state)
    differences.push({ kind: 'state', detail: `${found.state} instead of ${certified.state}` });
  const ids = (session: CertifiedSession): string => session.requests.map(({ id }) => id).join(', ');
  if (ids(certified) !== ids(found))
    differences.push({ kind: 'state', detail: `requests ${ids(found)} instead of ${ids(certified)}` });
  return differences;
}

function compareRows(
  certified: readonly string[],
  found: readonly string[],
): readonly Pick<CertificateDifference, 'kind' | 'detail'>[] {
  const now = toDigests(found);
  const before = toDigests(certified);
  const differences: Pick<CertificateDifference, 'kind' | 'detail'>[] = [];
  for (const [key, digests] of before) {
    const current = now.get(key);
    if (current === undefined) differences.push({ kind: 'row-missing', detail: key });
    else if (current !== digests) differences.push({ kind: 'row-changed', detail: key });
  }
  for (const key of now.keys()) if (!before.has(key)) differences.push({ kind: 'row-added', detail: key });
  return differences.length > 0 ? differences : [{ kind: 'row-changed', detail: 'the hash of the session' }];
}

/** Digests by the key of their row; rows with one key share an entry. */
function toDigests(digests: readonly string[]): ReadonlyMap<string, string> {
  const byKey = new Map<string, string>();
  for (const text of digests) {
    const space = text.lastIndexOf(' ');
    const key = text.slice(0, space);
    byKey.set(key, `${byKey.get(key) ?? ''}${text.slice(space)}`);
  }
  return byKey;
}
