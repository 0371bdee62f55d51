import { Option } from 'commander';
import type { Command } from 'commander';

import { allRules } from '../checks/all-rules.js';
import { checkLake } from '../checks/check-lake.js';
import type { LakeChecked } from '../checks/check-lake.js';
import { isSound } from '../checks/finding.js';
import type { Example, Finding } from '../checks/finding.js';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import { bytesText, countText, plural } from '../core/words.js';
import type { VerifiedFile } from '../lake/contract.js';
import { openLakeReader } from '../lake/reader.js';
import { setAside } from '../lake/verify-repair.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { columns } from '../report/columns.js';
import type { CheckedLake } from '../tell/judge-check.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { judgeCheckAlerts } from './judge-alerts.js';
import { loadOrStop } from './pipeline-file.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

interface Flags {
  readonly dataset?: Dataset;
  readonly repair?: boolean;
  readonly tell?: string;
  readonly json?: boolean;
}

export function defineCheck(command: Command, run: RunAction): void {
  command
    .command('check')
    .description('Verify every byte of the lake against what was written, and its rows against coverage and rules')
    .addOption(new Option('--dataset <name>', 'only this table').choices(datasets))
    .option('--repair', 'set damaged files aside, so that the next run fetches again what they held')
    .option('--tell <pipeline>', 'raise and clear the alert data_integrity_failure of this pipeline file')
    .option('--json', 'one JSON document on stdout')
    .action((flags: Flags) => run((at) => check(flags, at)));
}

async function check(flags: Flags, at: Surroundings): Promise<ExitCode> {
  const teller = flags.tell === undefined ? null : await tellerOrStop(flags.tell, at);
  const reader = await openLakeReader(at.dataFolder);
  try {
    const wanted = flags.dataset === undefined ? datasets : [flags.dataset];
    const result = await checkLake(reader, wanted, allRules);
    const moved = flags.repair === true ? await setAside(at.dataFolder, result.damaged) : null;
    if (flags.json === true) at.json(checkDocument(result, moved));
    else at.answer(checkText(result, moved, at));
    if (teller !== null) await judgeCheckAlerts(teller, checkedLake(result, wanted), at);
    return isSound(result) ? exitCode.done : exitCode.checkFailed;
  } finally {
    await reader.close();
  }
}

/** The pipeline whose alerts a check is about; one that nobody would be told by is a mistake. */
async function tellerOrStop(file: string, at: Surroundings): Promise<Pipeline> {
  const pipeline = await loadOrStop(file, at);
  if (pipeline.telling.alerts?.rules.some(({ on }) => on === 'data_integrity_failure') === true) return pipeline;
  throw new Stop(
    exitCode.usage,
    `${file} does not watch for data_integrity_failure`,
    'add a rule about it to its section alerts',
  );
}

/** Warnings are worth a look and no alert; what was left out says nothing. */
function checkedLake({ findings, unexamined }: LakeChecked, wanted: readonly string[]): CheckedLake {
  const failures = findings
    .filter(({ severity }) => severity === 'error')
    .map(({ dataset, rule, problem, count }) => ({ dataset, rule, words: `${problem}: ${countText(count)}` }));
  return {
    failures,
    examined: ({ dataset, rule }) =>
      wanted.includes(dataset) && !unexamined.some((one) => one.dataset === dataset && one.rule === rule),
  };
}

type Moved = readonly VerifiedFile[] | null;

/** What scripts read. Keys are added freely and never renamed. */
function checkDocument(result: LakeChecked, moved: Moved): Readonly<Record<string, unknown>> {
  const { findings, unexamined, files, rules } = result;
  return {
    ok: isSound(result),
    findings: findings.map(({ examples, ...finding }) => ({ ...finding, example: examples[0] ?? null, examples })),
    files,
    rules,
    unexamined,
    ...(moved === null ? {} : { repaired: moved.map(({ dataset, path }) => ({ dataset, path })) }),
  };
}

function checkText(result: LakeChecked, moved: Moved, at: Surroundings): string {
  const { findings, unexamined, files, rules } = result;
  const { paint } = at;
  const looked = `${plural(files.checked, 'file')} (${bytesText(files.bytes)}) read, ${plural(rules, 'rule')} applied`;
  const lines: string[] = [];
  if (findings.length > 0) lines.push(...findingLines(findings, at), '');
  if (unexamined.length > 0) lines.push(unexaminedLine(unexamined), '');
  if (moved !== null && moved.length > 0) {
    lines.push(
      `${plural(moved.length, 'file')} set aside as *.damaged. The next pipe run fetches again what was in them.`,
      '',
    );
  }
  lines.push(`${isSound(result) ? paint('good', 'sound') : paint('bad', 'not sound')}  ${paint('quiet', looked)}`);
  return `${lines.join('\n')}\n`;
}

function findingLines(findings: readonly Finding[], { paint }: Surroundings): readonly string[] {
  const quiet = (text: string) => ({ text, paint: (own: string) => paint('quiet', own) });
  const rows = findings.map(({ rule, severity, dataset, problem, count }) => [
    { text: `  ${severity}`, paint: (own: string) => paint(severity === 'error' ? 'bad' : 'warn', own) },
    { text: dataset },
    { text: rule },
    { text: countText(count) },
    { text: problem },
  ]);
  const [head = '', ...summaries] = columns(
    [['  severity', 'table', 'rule', 'count', 'what is wrong'].map(quiet), ...rows],
    ['left', 'left', 'left', 'right', 'left'],
    2,
  );
  return [
    head,
    ...findings.flatMap(({ count, examples, remedy }, index) => [
      summaries[index] ?? '',
      ...examples.map((example) => paint('quiet', `      ${exampleText(example)}`)),
      ...(count > examples.length ? [paint('quiet', `      and ${countText(count - examples.length)} more`)] : []),
      `      ${paint('link', remedy)}`,
    ]),
  ];
}

/** `symbol=AAPL provider=mock bar_size="1 day" …`. */
function exampleText(example: Example): string {
  return Object.entries(example)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value !== 'string') return JSON.stringify(value);
  return value === '' || value.includes(' ') ? JSON.stringify(value) : value;
}

function unexaminedLine(unexamined: LakeChecked['unexamined']): string {
  const tables = [...new Set(unexamined.map(({ because }) => because))].join(', ');
  return `  ${plural(unexamined.length, 'rule')} left out until damaged files of ${tables} are fetched again`;
}
