/** The two kinds of service that can be away. */
export type Farm = 'historical' | 'market';

/** Which services are away, and who waits for them. */
export interface Outages {
  readonly isDown: (farm: Farm) => boolean;
  /** Takes some away; the function that comes back brings them up again. */
  takeDown(farms: readonly Farm[]): () => void;
  /** Resolves when a service is there. */
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
