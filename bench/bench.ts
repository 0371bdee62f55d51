/** The result of one benchmark, with its limit. */
export interface Measurement {
  readonly measured: number;
  readonly unit: string;
  /** The limit, in the same unit. */
  readonly limit: number;
  readonly better: 'lower' | 'higher';
  /** Further figures behind the result. */
  readonly detail?: string;
  /** In a comparison, the figure of pipe: median, spread and peak memory. */
  readonly own?: string;
  readonly peers?: readonly PeerFigure[];
}

/** The figure of another way to do the same, and pipe's as a multiple of it; or why it could not be measured. */
export type PeerFigure =
  | { readonly name: string; readonly figure: string; readonly ratio: number }
  | { readonly name: string; readonly absent: string };

/** One benchmark with the promise that it checks. */
export interface Bench {
  /** A phrase such as `start: pipe --version`; `--only` searches for words of it. */
  readonly name: string;
  /** The promise as text, such as `≤ 1.6 × node -e 0`. */
  readonly target: string;
  run(): Promise<Measurement>;
}

/** The end of a benchmark. `broken`: it could not measure. */
export type BenchResult =
  | ({ readonly name: string; readonly target: string; readonly verdict: 'met' | 'missed' } & Measurement)
  | { readonly name: string; readonly target: string; readonly verdict: 'broken'; readonly detail: string };

/** Runs one benchmark; an error is a result, so that the others still run. */
export async function runBench(bench: Bench): Promise<BenchResult> {
  const { name, target } = bench;
  try {
    const measurement = await bench.run();
    return { name, target, verdict: getLimitShare(measurement) <= 1 ? 'met' : 'missed', ...measurement };
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name, target, verdict: 'broken', detail };
  }
}

/** The used share of the limit: 1 meets it exactly, whichever direction is better. */
export function getLimitShare({ measured, limit, better }: Measurement): number {
  const used = better === 'lower' ? measured / limit : limit / measured;
  return Number.isNaN(used) ? Infinity : used;
}

/** Formats the results as a table, with further figures below. */
export function formatTable(outcomes: readonly BenchResult[]): string {
  const rows = outcomes.map((outcome) =>
    outcome.verdict === 'broken'
      ? [outcome.name, '', outcome.target, '', outcome.verdict]
      : [
          outcome.name,
          `${formatFigure(outcome.measured)} ${outcome.unit}`,
          outcome.target,
          formatFigure(getLimitShare(outcome)),
          outcome.verdict,
        ],
  );
  const allRows = [['case', 'measured', 'bar', 'of bar', 'verdict'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...allRows.map((row) => row[column]?.length ?? 0)));
  const lines = allRows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const details = outcomes.flatMap((outcome) => {
    const figures = [...(outcome.verdict === 'broken' ? [] : formatPeers(outcome)), ...[outcome.detail ?? []].flat()];
    return figures.length === 0 ? [] : [[outcome.name, ...figures].join('\n  ')];
  });
  return `${[...lines, '', ...details].join('\n').trimEnd()}\n`;
}

/** The figures of a comparison, a line each. */
function formatPeers({ own, peers = [] }: Measurement): readonly string[] {
  if (own === undefined) return [];
  const width = Math.max(...peers.map(({ name }) => name.length), 'pipe'.length);
  return [
    `${'pipe'.padEnd(width)}  ${own}`,
    ...peers.map((peer) =>
      'absent' in peer
        ? `${peer.name.padEnd(width)}  not measured: ${peer.absent}`
        : `${peer.name.padEnd(width)}  ${peer.figure}, ratio ${formatFigure(peer.ratio)}`,
    ),
  ];
}

/** Three significant digits; large numbers with thousands separators. */
function formatFigure(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
