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
});

/** What a person gets wrong, and exactly what is said about it. Nothing is done, and stdout stays empty. */
const errorCases: readonly (readonly [string, readonly string[], string])[] = [
  [
    'no such command',
    ['plna'],
    `pipe: unknown command 'plna'\n  did you mean plan?\n  pipe --help lists the commands\n`,
  ],
  ['a word that is none', ['fetch-it'], `pipe: unknown command 'fetch-it'\n  pipe --help lists the commands\n`],
  [
    'a misspelt option',
    ['plan', 'pipelines/daily.yaml', '--sybmols', 'AAPL'],
    `pipe: unknown option '--sybmols'\n  did you mean --symbols?\n  pipe help plan explains it\n`,
  ],
  [
    'an option without its value',
    ['plan', 'pipelines/daily.yaml', '--symbols'],
    `pipe: option '--symbols <list>' argument missing\n  pipe help plan explains it\n`,
  ],
  [
    'a file that never ends',
    ['run', 'endless.yaml'],
    'endless.yaml:2:10 error unreadable-file: `/dev/zero` cannot be read: it is a device\n  2 | include: /dev/zero\n    |          ~~~~~~~~~\n',
  ],
  [
    'too many files',
    ['plan', 'pipelines/daily.yaml', 'more.yaml'],
    `pipe: too many arguments for 'plan'. Expected 1 argument but got 2.\n  pipe help plan explains it\n`,
  ],
  ['no statement', ['query'], `pipe: missing required argument 'sql'\n  pipe help query explains it\n`],
  [
    'the wrong folder',
    ['plan', 'daily.yaml'],
    'pipe: there is no file daily.yaml\n  did you mean pipelines/daily.yaml?\n',
  ],
  [
    'a slip in a file name',
    ['run', 'pipelines/dayly.yaml'],
    'pipe: there is no file pipelines/dayly.yaml\n  did you mean pipelines/daily.yaml?\n',
  ],
  [
    'a file that is nowhere',
    ['plan', 'something-else.yaml'],
    'pipe: there is no file something-else.yaml\n  there is pipelines/daily.yaml, pipelines/other.yaml\n',
  ],
  [
    'no file among several',
    ['plan'],
    'pipe: which pipeline?\n  name one of pipelines/daily.yaml, pipelines/other.yaml\n',
  ],
  ['a folder', ['plan', 'pipelines'], 'pipelines error unreadable-file: `pipelines` is a folder, not a file\n'],
  [
    'a step that is none',
    ['plan', 'broken.yaml'],
    [
      'broken.yaml:4:3 error missing-key: `equitty` is not a step type, so the step has to say of which type it is with `uses`',
      '  4 |   equitty: {}',
      '    |   ~~~~~~~',
      '    = did you mean `equity`?',
      '',
    ].join('\n'),
  ],
  [
    'a symbol that is not there',
    ['plan', 'pipelines/daily.yaml', '--symbols', 'APPL'],
    'pipe: small has no symbol APPL\n  did you mean AAPL?\n',
  ],
  [
    'a symbol that is nowhere near',
    ['run', 'pipelines/daily.yaml', '--symbols', 'GOOGL'],
    'pipe: small has no symbol GOOGL\n  small has AAPL, BRK B\n',
  ],
  [
    'a step that is not there',
    ['plan', 'pipelines/daily.yaml', '--steps', 'optoins'],
    'pipe: small has no step optoins\n  did you mean options?\n',
  ],
  [
    'a month that is none',
    ['plan', 'pipelines/daily.yaml', '--date', '2026-13-01'],
    'pipe: --date 2026-13-01 is not a date\n  write it as YYYY-MM-DD, such as 2026-11-20\n',
  ],
  [
    'a day that is none',
    ['plan', 'pipelines/daily.yaml', '--from', '2026-02-30'],
    'pipe: --from 2026-02-30 is not a date\n  write it as YYYY-MM-DD, such as 2026-11-20\n',
  ],
  [
    'dates the wrong way round',
    ['plan', 'pipelines/daily.yaml', '--from', '2026-11-20', '--to', '2026-11-01'],
    'pipe: --from 2026-11-20 is after --to 2026-11-01\n',
  ],
  [
    'a date and a span',
    ['run', 'pipelines/daily.yaml', '--date', '2026-11-20', '--to', '2026-11-21'],
    'pipe: --date cannot be combined with --from or --to\n',
  ],
  [
    'a priority in words',
    ['plan', 'pipelines/daily.yaml', '--priority', 'high'],
    'pipe: --priority high is not a whole number from 1 up\n',
  ],
  [
    'a moment in words',
    ['plan', 'pipelines/daily.yaml', '--now', 'yesterday'],
    'pipe: --now yesterday is not a moment\n  write it as ISO 8601, such as 2026-11-20T22:00:00Z\n',
  ],
  [
    'a wait that is no duration',
    ['run', 'pipelines/daily.yaml', '--wait', 'abc'],
    'pipe: --wait abc: `abc` is not a duration: write numbers with units, such as `10m`, `1h30m` or `7d`\n',
  ],
  [
    'a plan that is not there',
    ['run', '--plan', 'nowhere.json'],
    'pipe: there is no plan nowhere.json\n  make one with: pipe plan --out plan.json\n',
  ],
  [
    'a plan that is none',
    ['run', '--plan', 'not-a-plan.json'],
    'pipe: not-a-plan.json is not a plan\n  make one with: pipe plan --out plan.json\n',
  ],
  ['no symbol', ['lineage'], 'pipe: which symbol?\n  pipe lineage AAPL, or pipe lineage --sources\n'],
  [
    'a table that is none',
    ['lineage', 'AAPL', '--dataset', 'bars'],
    `pipe: there is no table bars\n  there are ${datasets.join(', ')}\n`,
  ],
  [
    'an exchange that is not a calendar',
    ['calendar', 'NYSE'],
    'pipe: there is no calendar NYSE\n  did you mean XNYS? (known are XNYS, XNAS, XASX, XNSE, XBOM)\n',
  ],
  [
    'a calendar that is nowhere',
    ['calendar', 'XLON'],
    'pipe: there is no calendar XLON\n  known are XNYS, XNAS, XASX, XNSE, XBOM\n',
  ],
  [
    'no run yet',
    ['report'],
    'pipe: no run is recorded in <project>/lineage\n  make one: pipe run pipelines/daily.yaml\n',
  ],
  [
    'a run that is not there',
    ['report', 'abc'],
    'pipe: there is no run abc, or more than one begins or ends like that\n  pipe status lists the last runs\n',
  ],
  [
    'a table nobody has',
    ['query', 'SELECT * FROM equity_bar'],
    `pipe: there is no table equity_bar\n  did you mean equity_bars? (the lake has ${[...datasets, 'facts'].join(', ')})\n`,
  ],
  [
    'writing with a query',
    ['query', 'DELETE FROM equity_bars'],
    'pipe: DELETE is not allowed: the lake is only read here (SELECT, WITH, FROM, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN)\n',
  ],
  ['two statements', ['query', 'SELECT 1; SELECT 2'], 'pipe: one statement at a time, please: this is more than one\n'],
  [
    'a pipeline that is there',
    ['init', 'pipelines/daily.yaml'],
    'pipe: pipelines/daily.yaml is there already; it was not touched\n  name another file: pipe init pipelines/other.yaml\n',
  ],
];

describe('mistakes on the command line', () => {
  test.concurrent.for(errorCases)('%s', async ([, argv, expected]) => {
    const { exitCode, stdout, stderr } = await rig.pipe(...argv);
    expect(rig.normalize(stderr)).toBe(expected);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('leave nothing behind', async () => {
    expect((await rig.files()).filter((path) => /^(data|lineage)\//.test(path))).toEqual([]);
  });

  test('in a folder without pipelines the way to one is told', async () => {
    const { exitCode, stderr } = await rig.pipe('plan', { folder: 'empty' });
    expect(stderr).toBe('pipe: no pipeline was named and none was found\n  name a file, or make one with: pipe init\n');
    expect(exitCode).toBe(2);
    const named = await rig.pipe('plan', 'daily.yaml', '--now', now, { folder: 'empty' });
    expect(rig.normalize(named.stderr)).toBe(
      'pipe: there is no file daily.yaml\n  this is <project>/empty; make a pipeline with: pipe init\n',
    );
  });

  test('without any word the help comes, on stderr', async () => {
    const { exitCode, stdout, stderr } = await rig.pipe();
    expect(stderr).toMatch(/^Usage: pipe \[options\] \[command\]\n/);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});
