// Reads the coverage of one table once, as a command does after its start, and prints the duration. Argument: the
// folder.
import { fileURLToPath } from 'node:url';
import { readTableCoverage } from '../src/lake/coverage/table-coverage.js';

const [, script, folder] = process.argv;
if (script === fileURLToPath(import.meta.url) && folder !== undefined) {
  const startedAt = process.hrtime.bigint();
  const coverage = await readTableCoverage(folder, 'equity_bars');
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  const series = [...coverage.series()];
  const lists = new Set(series.map(({ provider, series: name }) => coverage.coverage(provider, name)));
  const report = { seconds, series: series.length, lists: lists.size, commits: coverage.tail.commits };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
