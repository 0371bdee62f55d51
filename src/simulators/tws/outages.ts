/** Data services that can be down. */
export type Farm = 'historical' | 'market';

/** Tracks which services are down. */
export interface Outages {
  readonly isDown: (farm: Farm) => boolean;
  /** Takes services down; call the returned function to bring them up. */
  takeDown(farms: readonly Farm[]): () => void;
  /** Resolves when a service is up. */
  whenUp(farm: Farm): Promise<void>;
}

export function createOutages(): Outages {
  const outageCounts: Record<Farm, number> = { historical: 0, market: 0 };
  const waiters: Record<Farm, (() => void)[]> = { historical: [], market: [] };
  return {
    isDown: (farm) => outageCounts[farm] > 0,
    takeDown(farms) {
      for (const farm of farms) outageCounts[farm]++;
      return () => {
        for (const farm of farms) {
          if (--outageCounts[farm] > 0) continue;
          const released = waiters[farm];
          waiters[farm] = [];
          for (const release of released) release();
        }
      };
    },
    whenUp: (farm) =>
      outageCounts[farm] === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiters[farm].push(resolve);
          }),
  };
}
