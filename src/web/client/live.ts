import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

import type { LiveRun, NowDocument, SessionDocument } from '../server/documents.ts';

/** What the server sends by itself. */
export interface Live {
  readonly isConnected: boolean;
  readonly now: NowDocument | null;
  readonly runs: readonly LiveRun[];
  /** Grows with every commit: documents of the lake are then loaded again. */
  readonly lakeVersion: number;
  /** Grows when a run starts or ends. */
  readonly runsVersion: number;
}

export const nothingLive: Live = { isConnected: false, now: null, runs: [], lakeVersion: 0, runsVersion: 0 };

export const LiveContext = createContext<Live>(nothingLive);
export const SessionContext = createContext<SessionDocument>({ version: '', canAct: false, readOnly: true });

export function useLive(): Live {
  return useContext(LiveContext);
}

export function useSession(): SessionDocument {
  return useContext(SessionContext);
}

/** Follows the events of the server; the browser connects again by itself. */
export function useEvents(): Live {
  const [live, setLive] = useState<Live>(nothingLive);
  useEffect(() => {
    const source = new EventSource('/api/v1/events');
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the kind of an event has one document
    const on = <T>(kind: string, apply: (earlier: Live, document: T) => Live): void => {
      source.addEventListener(kind, (event: MessageEvent<string>) => {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the page and the server are one build
        const document = JSON.parse(event.data) as T;
        setLive((earlier) => apply(earlier, document));
      });
    };
    on<{ readonly versions: string }>('lake', (earlier) => ({ ...earlier, lakeVersion: earlier.lakeVersion + 1 }));
    on<{ readonly runs: readonly LiveRun[] }>('runs', (earlier, { runs }) => ({
      ...earlier,
      runs,
      runsVersion: stateOf(runs) === stateOf(earlier.runs) ? earlier.runsVersion : earlier.runsVersion + 1,
    }));
    on<NowDocument>('now', (earlier, now) => ({ ...earlier, now }));
    source.onopen = () => setLive((earlier) => ({ ...earlier, isConnected: true }));
    source.onerror = () => setLive((earlier) => ({ ...earlier, isConnected: false }));
    return () => source.close();
  }, []);
  return live;
}

function stateOf(runs: readonly LiveRun[]): string {
  return runs.map(({ runId, status }) => `${runId} ${status}`).join(' ');
}
