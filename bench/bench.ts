/** What one bench measured, and where its bar is. */
export interface Measurement {
  readonly measured: number;
  readonly unit: string;
  /** The bar, in the same unit. */
  readonly limit: number;
  readonly better: 'lower' | 'higher';
  /** The figures behind the figure. */
  readonly detail?: string;
}

/** One measured promise. */
export interface Bench {
  /** A whole phrase, such as `start: pipe --version`; `--only` looks for words of it. */
  readonly name: string;
  /** The promise in words, such as `≤ 1.6 × node -e 0`. */
  readonly target: string;
  run(): Promise<Measurement>;
}

/** How a bench ended. `broken`: it could not measure. */
export type BenchResult =
  | ({ readonly name: string; readonly target: string; readonly verdict: 'met' | 'missed' } & Measurement)
  | { readonly name: string; readonly target: string; readonly verdict: 'broken'; readonly detail: string };

/** Runs one bench; that it cannot measure is an outcome, so that the others still run. */
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

/** How much of what the bar allows was used: 1 is just met, whichever direction is better. */
export function getLimitShare({ measured, limit, better }: Measurement): number {
  const used = better === 'lower' ? measured / limit : limit / measured;
  return Number.isNaN(used) ? Infinity : used;
}

/** The outcomes as a table for people, with the figures behind them below. */
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
  const details = outcomes.flatMap(({ name, detail }) => (detail === undefined ? [] : [`${name}\n  ${detail}`]));
  return `${[...lines, '', ...details].join('\n').trimEnd()}\n`;
}

/** Three digits that mean something, and no more; large numbers with their thousands apart. */
function formatFigure(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
