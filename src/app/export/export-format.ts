import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';

/** The kinds of targets; the ending of the target selects one, a list of partition columns a folder. */
export type ExportFormat = 'csv' | 'csv.gz' | 'parquet' | 'duckdb' | 'folder';

const endings: readonly (readonly [string, ExportFormat])[] = [
  ['.csv.gz', 'csv.gz'],
  ['.csv', 'csv'],
  ['.parquet', 'parquet'],
  ['.duckdb', 'duckdb'],
];

export interface CsvStyle {
  /** True for a file that Excel opens as it is: a byte order mark, instants that it takes for dates, line ends of Windows. */
  readonly isForExcel: boolean;
  readonly separator: string;
}

export function findFormat(to: string, partitions: readonly string[] | null): ExportFormat {
  const found = endings.find(([ending]) => to.toLowerCase().endsWith(ending));
  if (partitions !== null) {
    if (found === undefined) return 'folder';
    throw new CliError(
      exitCode.usage,
      `--partition-by writes a folder, and --to ${to} names a file`,
      `name a folder, such as --to ${to.slice(0, -found[0].length)}`,
    );
  }
  if (found !== undefined) return found[1];
  throw new CliError(
    exitCode.usage,
    `--to ${to} has no known ending`,
    `write a file that ends with ${endings.map(([ending]) => ending).join(', ')}, or a folder with --partition-by`,
  );
}

export function requireCsvStyle(
  format: ExportFormat,
  { isForExcel, separator }: { readonly isForExcel: boolean; readonly separator: string | null },
): CsvStyle {
  const option = isForExcel ? '--excel' : separator === null ? null : '--separator';
  if (option !== null && format !== 'csv' && format !== 'csv.gz')
    throw new CliError(exitCode.usage, `${option} applies to CSV files`, 'write a file that ends with .csv');
  const character = separator === 'tab' ? '\t' : (separator ?? ',');
  if (/^[,;|\t]$/.test(character)) return { isForExcel, separator: character };
  throw new CliError(exitCode.usage, `--separator ${character} is not a separator`, 'write one of , ; | or tab');
}
