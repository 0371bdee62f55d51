import { mkdir } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';

import { datasets } from '../../src/core/tables/tables.js';
import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';
import { now, smallPipeline } from '../fixtures/project.js';

let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
  await rig.write('pipelines/daily.yaml', smallPipeline);
  await rig.write('pipelines/other.yaml', smallPipeline);
  await rig.write('broken.yaml', 'name: broken\nsymbols: [AAPL]\nsteps:\n  equitty: {}\n');
  await rig.write('endless.yaml', 'name: endless\ninclude: /dev/zero\nsymbols: [AAPL]\nsteps: { contracts: {} }\n');
  await rig.write('not-a-plan.json', '{}');
  await rig.write('empty/readme.txt', 'nothing here');
  await mkdir(rig.path('data'));
});

/** Wrong command lines with their exact messages. */
const errorCases: readonly (readonly [string, readonly string[], string])[] = [
  [
    'a misspelt command suggests the nearest one',
    ['plna'],
    `pipe: unknown command 'plna'\n  did you mean plan?\n  pipe --help lists the commands\n`,
  ],
  [
    'an unknown command points to the help',
    ['fetch-it'],
    `pipe: unknown command 'fetch-it'\n  pipe --help lists the commands\n`,
  ],
  [
    'a misspelt option suggests the nearest one',
    ['plan', 'pipelines/daily.yaml', '--sybmols', 'AAPL'],
    `pipe: unknown option '--sybmols'\n  did you mean --symbols?\n  see: pipe help plan\n`,
  ],
  [
    'an option without its value names the option',
    ['plan', 'pipelines/daily.yaml', '--symbols'],
    `pipe: option '--symbols <list>' argument missing\n  see: pipe help plan\n`,
  ],
  [
    'an include of a device is unreadable',
    ['run', 'endless.yaml', '--allow-outside'],
    'endless.yaml:2:10 error unreadable-file: `/dev/zero` cannot be read: it is a device, not a file\n  2 | include: /dev/zero\n    |          ~~~~~~~~~\n',
  ],
  [
    'two files for one argument are too many',
    ['plan', 'pipelines/daily.yaml', 'more.yaml'],
    `pipe: too many arguments for 'plan'. Expected 1 argument but got 2.\n  see: pipe help plan\n`,
  ],
  [
    'query without a statement names the missing argument',
    ['query'],
    `pipe: missing required argument 'sql'\n  see: pipe help query\n`,
  ],
  [
    'a file of another folder suggests that folder',
    ['plan', 'daily.yaml'],
    'pipe: no such file: daily.yaml\n  did you mean pipelines/daily.yaml?\n',
  ],
  [
    'a misspelt file name suggests the nearest file',
    ['run', 'pipelines/dayly.yaml'],
    'pipe: no such file: pipelines/dayly.yaml\n  did you mean pipelines/daily.yaml?\n',
  ],
  [
    'an unknown file lists the pipelines of the project',
    ['plan', 'something-else.yaml'],
    'pipe: no such file: something-else.yaml\n  pipelines here: pipelines/daily.yaml, pipelines/other.yaml\n',
  ],
  [
    'no file where there are several lists them',
    ['plan'],
    'pipe: missing PIPELINE: there are several\n  name one of pipelines/daily.yaml, pipelines/other.yaml\n',
  ],
  [
    'a folder instead of a file is unreadable',
    ['plan', 'pipelines'],
    'pipelines error unreadable-file: `pipelines` is a folder, not a file\n   = name a file in it\n',
  ],
  [
    'an unknown step type suggests the nearest one',
    ['plan', 'broken.yaml'],
    [
      'broken.yaml:4:3 error missing-key: `equitty` is not a step type, so the step needs `uses`',
      '  4 |   equitty: {}',
      '    |   ~~~~~~~',
      '    = did you mean `equity`?',
      '',
    ].join('\n'),
  ],
  [
    'a misspelt symbol suggests the nearest one',
    ['plan', 'pipelines/daily.yaml', '--symbols', 'APPL'],
    'pipe: small has no symbol APPL\n  did you mean AAPL?\n',
  ],
  [
    'an unknown symbol lists those of the pipeline',
    ['run', 'pipelines/daily.yaml', '--symbols', 'GOOGL'],
    'pipe: small has no symbol GOOGL\n  known symbols: AAPL, BRK B\n',
  ],
  [
    'a misspelt step suggests the nearest one',
    ['plan', 'pipelines/daily.yaml', '--steps', 'optoins'],
    'pipe: small has no step optoins\n  did you mean options?\n',
  ],
  [
    'month 13 is not a date',
    ['plan', 'pipelines/daily.yaml', '--date', '2026-13-01'],
    'pipe: --date 2026-13-01 is not a date\n  write it as YYYY-MM-DD, such as 2026-11-20\n',
  ],
  [
    '30 February is not a date',
    ['plan', 'pipelines/daily.yaml', '--from', '2026-02-30'],
    'pipe: --from 2026-02-30 is not a date\n  write it as YYYY-MM-DD, such as 2026-11-20\n',
  ],
  [
    '--from after --to names both dates',
    ['plan', 'pipelines/daily.yaml', '--from', '2026-11-20', '--to', '2026-11-01'],
    'pipe: --from 2026-11-20 is after --to 2026-11-01\n',
  ],
  [
    '--date with --to is a conflict',
    ['run', 'pipelines/daily.yaml', '--date', '2026-11-20', '--to', '2026-11-21'],
    'pipe: --date cannot be combined with --from or --to\n',
  ],
  [
    'a priority in words is not a number',
    ['plan', 'pipelines/daily.yaml', '--priority', 'high'],
    'pipe: --priority high is not a whole number of 1 or more\n',
  ],
  [
    '--now in words is not a timestamp',
    ['plan', 'pipelines/daily.yaml', '--now', 'yesterday'],
    'pipe: --now yesterday is not a timestamp\n  write it as ISO 8601, such as 2026-11-20T22:00:00Z\n',
  ],
  [
    '--wait without a unit is not a duration',
    ['run', 'pipelines/daily.yaml', '--wait', 'abc'],
    'pipe: --wait abc: `abc` is not a duration: write numbers with units, such as `10m`, `1h30m` or `7d`\n',
  ],
  [
    'a missing plan says how to create one',
    ['run', '--plan', 'nowhere.json'],
    'pipe: no such plan: nowhere.json\n  create one with: pipe plan --out plan.json\n',
  ],
  [
    'a file that is not a plan says how to create one',
    ['run', '--plan', 'not-a-plan.json'],
    'pipe: not-a-plan.json is not a saved plan\n  create one with: pipe plan --out plan.json\n',
  ],
  [
    'lineage without a symbol names the missing argument',
    ['lineage'],
    'pipe: missing SYMBOL\n  name one, such as pipe lineage AAPL, or add --sources\n',
  ],
  [
    'an unknown table lists the tables',
    ['lineage', 'AAPL', '--dataset', 'bars'],
    `pipe: no table bars in the lake\n  known tables: ${datasets.join(', ')}\n`,
  ],
  [
    'an exchange suggests its calendar',
    ['calendar', 'NYSE'],
    'pipe: unknown calendar NYSE\n  did you mean XNYS? (known calendars: XNYS, XNAS, XASX, XNSE, XBOM, XLON, XETR, XPAR, XAMS, XBRU, XMIL, XSWX, XTSE, XTKS, XHKG)\n',
  ],
  [
    'an unknown calendar lists the calendars',
    ['calendar', 'XSHG'],
    'pipe: unknown calendar XSHG\n  known calendars: XNYS, XNAS, XASX, XNSE, XBOM, XLON, XETR, XPAR, XAMS, XBRU, XMIL, XSWX, XTSE, XTKS, XHKG\n',
  ],
  [
    'report before the first run says how to start one',
    ['report'],
    'pipe: no run recorded in <project>/lineage\n  start with: pipe run pipelines/daily.yaml\n',
  ],
  [
    'an unknown run id points to pipe status',
    ['report', 'abc'],
    'pipe: no run matches abc, or the id is ambiguous\n  pipe status lists the last runs\n',
  ],
  [
    'a misspelt table in SQL suggests the nearest one',
    ['query', 'SELECT * FROM equity_bar'],
    `pipe: no table equity_bar in the lake\n  did you mean equity_bars? (known tables: ${[...datasets, 'bars_adjusted', 'facts', 'requests', 'runs'].join(', ')})\n`,
  ],
  [
    'a DELETE statement is not allowed',
    ['query', 'DELETE FROM equity_bars'],
    'pipe: DELETE is not allowed: queries only read (SELECT, WITH, FROM, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN)\n',
  ],
  ['two statements are too many', ['query', 'SELECT 1; SELECT 2'], 'pipe: expected one statement, found several\n'],
  [
    '--data with a URL is not a folder',
    ['plan', 'pipelines/daily.yaml', '--data', 's3://bucket/lake'],
    'pipe: --data s3://bucket/lake is a URL, and pipe reads and writes local paths only\n  name a local or mounted folder; to keep a copy at s3://, copy the folder after each run\n',
  ],
  [
    '--lineage with an unknown scheme and one slash is not a folder',
    ['run', 'pipelines/daily.yaml', '--lineage', 'abc:/records'],
    'pipe: --lineage abc:/records is a URL, and pipe reads and writes local paths only\n  name a local or mounted folder; to keep a copy at abc://, copy the folder after each run\n',
  ],
  [
    '--out with a file URL wants the path',
    ['plan', 'pipelines/daily.yaml', '--out', 'file:///tmp/plan.json'],
    'pipe: --out file:///tmp/plan.json is a URL, and pipe reads and writes local paths only\n  name the path without file://\n',
  ],
  [
    '--record-calls with a URL is not a file',
    ['run', 'pipelines/daily.yaml', '--record-calls', 'gs://bucket/calls.jsonl'],
    'pipe: --record-calls gs://bucket/calls.jsonl is a URL, and pipe reads and writes local paths only\n  name a local or mounted folder; to keep a copy at gs://, copy the folder after each run\n',
  ],
  [
    'init does not overwrite a pipeline',
    ['init', 'pipelines/daily.yaml'],
    'pipe: pipelines/daily.yaml already exists\n  name another file, such as: pipe init pipelines/other.yaml\n',
  ],
];

describe('a wrong command line', () => {
  test.concurrent.for(errorCases)('%s', async ([, argv, expected]) => {
    const { exitCode, stdout, stderr } = await rig.pipe(...argv);
    expect(rig.normalize(stderr)).toBe(expected);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('the wrong command lines create no files', async () => {
    expect((await rig.files()).filter((path) => /^(data|lineage|[a-z0-9]+:)\//.test(path))).toEqual([]);
  });

  test('plan in a folder without pipelines prints the command that creates a pipeline', async () => {
    const { exitCode, stderr } = await rig.pipe('plan', { folder: 'empty' });
    expect(rig.normalize(stderr)).toBe(
      'pipe: no pipeline in <project>/empty\n  name a pipeline file, or create one with: pipe init\n',
    );
    expect(exitCode).toBe(2);
    const named = await rig.pipe('plan', 'daily.yaml', '--now', now, { folder: 'empty' });
    expect(rig.normalize(named.stderr)).toBe(
      'pipe: no such file: daily.yaml\n  no pipelines in <project>/empty; create one with: pipe init\n',
    );
  });

  test('no arguments print the help on stderr', async () => {
    const { exitCode, stdout, stderr } = await rig.pipe();
    expect(stderr).toMatch(/^Usage: pipe \[options\] \[command\]\n/);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});
