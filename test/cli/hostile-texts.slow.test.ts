/** Every command that prints texts of providers, files or the lake is called on a project that is full of hostile ones. */
import fc from 'fast-check';
import { mkdir } from 'node:fs/promises';
import { expect, test } from 'vitest';

import { now } from '../fixtures/project.js';
import { findControl, findForgery, hostileArgument, hostileText, hostileTexts } from '../fixtures/hostile-texts.js';
import { chain, commit, contract, equity, openLakeFixture, rowlessResult } from '../lake/lake-fixture.js';
import { createRig } from '../rig.js';
import type { CallOptions, CallResult, Rig } from '../rig.js';

/** YAML accepts control characters only as escapes. */
const yamlText = JSON.stringify(hostileText.replace(/\p{Cs}|\0/gu, '')).replace(
  /[^ -~]/gu,
  (character) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
);

const pipeline = `name: hostile
description: ${yamlText}
provider: synthetic
symbols: [AAPL, MSFT]
schedule: { cron: 30 18 * * 1-5, timezone: America/New_York }
steps:
  contracts: {}
  equity: { needs: contracts, lookback: 5 sessions }
  chains: { needs: contracts }
  shout: { uses: exec, command: [node, shout.mjs, "{output}"], output: { dataset: shouts, format: csv } }
providers: { synthetic: { scenario: scenario.yaml } }
retry: { attempts: 1 }
alerts:
  channels: { script: { kind: command, command: [node, shout.mjs] } }
  rules: [{ on: task_failed, channels: [script] }, { on: missing_equity_data, channels: [script] }]
logs: { file: logs/hostile.log, level: debug }
hooks: { on_failure: [{ command: [node, shout.mjs] }] }
`;

const scenario = `name: hostile
source: synthetic
rules:
  - { when: { request: equity_bars, symbol: AAPL }, do: { failure: denied, message: ${yamlText} } }
  - { when: { request: equity_bars, symbol: MSFT }, do: { failure: invalid, message: ${yamlText} } }
  - { when: { request: chains }, do: { failure: fatal, message: ${yamlText} } }
`;

/** Commits texts that a provider could have sent: of contracts, of chains, and as the reason of a denial. */
async function fillLake(folder: string): Promise<void> {
  const fixture = await openLakeFixture(folder);
  const at = Date.parse(now) - 3_600_000;
  const sample = fc.sample(hostileTexts, { numRuns: 30, seed: 1 });
  await commit(
    fixture,
    'contracts',
    [hostileText, ...sample].map((text, index) => {
      const found = contract(`SYM${String(index)}`, at + index, index);
      if (found.rows?.dataset !== 'contracts') throw new Error('no contract');
      const columns = { ...found.rows.columns, long_name: [text], industry: [text], time_zone: [text] };
      return { ...found, rows: { ...found.rows, columns } };
    }),
  );
  const listing = contract('CHAIN', at, 99);
  if (listing.rows?.dataset !== 'contracts') throw new Error('no contract');
  const listingColumns = { ...listing.rows.columns, time_zone: [hostileText] };
  await commit(fixture, 'contracts', [{ ...listing, rows: { ...listing.rows, columns: listingColumns } }]);
  const listed = chain('CHAIN', at, ['2026-12-18'], 3);
  if (listed.rows?.dataset !== 'chains') throw new Error('no chain');
  const texts = Array.from({ length: listed.rows.length }, () => hostileText);
  const columns = { ...listed.rows.columns, trading_class: texts, local_symbol: texts };
  await commit(fixture, 'chains', [{ ...listed, rows: { ...listed.rows, columns } }]);
  const denied = rowlessResult(equity('OLD'), '2026-11-01', '2026-11-20', 'denied');
  const closedWindows = denied.closedWindows.map((window) => ({ ...window, reason: hostileText }));
  await commit(fixture, 'equity_bars', [{ ...denied, closedWindows }]);
}

async function createHostileProject(): Promise<Rig> {
  const rig = await createRig();
  await rig.write('hostile.yaml', pipeline);
  await rig.write('scenario.yaml', scenario);
  await rig.write('shout.mjs', `process.stderr.write(${JSON.stringify(hostileText)}); process.exit(1);`);
  await rig.write(
    'broken.yaml',
    `name: ${yamlText}\n"key\\u001b[2J": 1\nsymbols: [${yamlText}]\nsteps: { e\u001b[31m: {} }\n`,
  );
  await mkdir(rig.path('data'));
  await fillLake(rig.path('data'));
  return rig;
}

const options: CallOptions = { env: { NO_COLOR: '', FORCE_COLOR: '1' } };
const ownStyles = /\u001b\[(?:1|2|22|31|32|33|36|39)m/g;

const sql = 'SELECT * FROM contracts ORDER BY symbol';
const hostileName = `"${hostileArgument.replaceAll('"', '')}"`;

test('no command lets a foreign text control the terminal or forge a line', { timeout: 600_000 }, async () => {
  const rig = await createHostileProject();
  const problems: string[] = [];
  const call = async (...words: readonly string[]): Promise<CallResult> => {
    const result = await rig.pipe(...words, options);
    for (const [name, output] of [
      ['stdout', result.stdout],
      ['stderr', result.stderr],
    ] as const) {
      const problem = findForgery(output.replace(ownStyles, ''));
      if (problem !== null) problems.push(`${words.join(' ')}: ${name}: ${problem}`);
    }
    if (result.exitCode === 1) problems.push(`${words.join(' ')}: ended with 1: ${result.stderr}`);
    return result;
  };

  const run = await call('run', 'hostile.yaml', '--now', now, '--verbose');
  expect(run.stdout + run.stderr, 'the run shows the texts of the provider').toContain('<U+001B>');
  for (const words of [
    ['run', 'hostile.yaml', '--now', now, '--force', '--debug'],
    ['run', 'hostile.yaml', '--now', now, '--force', '--json'],
    ['plan', 'hostile.yaml', '--now', now],
    ['plan', 'hostile.yaml', '--now', now, '--explain'],
    ['plan', 'hostile.yaml', '--now', now, '--json'],
    ['report'],
    ['report', '--json'],
    ['report', '--html'],
    ['status', 'hostile.yaml', '--now', now],
    ['status', 'hostile.yaml', '--now', now, '--json'],
    ['status', '--empty'],
    ['alerts', 'hostile.yaml'],
    ['alerts', 'hostile.yaml', '--json'],
    ['alerts', 'test', 'hostile.yaml', 'script'],
    ['check'],
    ['check', '--json'],
    ['lineage', 'AAPL', '--all'],
    ['lineage', 'OLD'],
    ['lineage', 'OLD', '--json'],
    ['lineage', 'OLD', '--html'],
    ['lineage', 'OLD', '--mermaid'],
    ['lineage', 'AAPL', '--downstream'],
    ['lineage', '--sources'],
    ['chain', 'CHAIN'],
    ['chain', 'CHAIN', '--json'],
    ['chain', 'CHAIN', '--csv'],
    ['query', sql],
    ['query', sql, '--json'],
    ['query', sql, '--csv'],
    ['query', sql, '--local'],
    ['query', 'SELECT * FROM facts'],
    ['query', `SELECT 1 AS ${hostileName}`],
    ['query', `SELECT 1 AS ${hostileName}`, '--csv'],
    ['query', `SELECT 1 AS ${hostileName}`, '--json'],
    ['query', 'SELECT CAST(long_name AS INTEGER) FROM contracts'],
    ['query', `SELECT ${hostileName} FROM contracts`],
    ['query', `SELECT * FROM ${hostileName}`],
    ['lint', 'hostile.yaml', 'broken.yaml', 'scenario.yaml'],
    ['lint', 'broken.yaml', '--json'],
    ['plan', 'broken.yaml'],
    ['schedule', 'hostile.yaml', '--now', now],
    ['schedule', 'install', 'hostile.yaml', '--cron', '--print'],
    ['schedule', 'install', 'hostile.yaml', '--systemd', '--print'],
    ['doctor', 'hostile.yaml'],
    ['maintain', '--now', now],
    [hostileArgument],
    ['plan', hostileArgument],
    ['lint', hostileArgument],
    ['plan', 'hostile.yaml', `--${hostileArgument}`],
    ['plan', 'hostile.yaml', '--symbols', hostileArgument],
    ['plan', 'hostile.yaml', '--steps', hostileArgument],
    ['plan', 'hostile.yaml', '--now', hostileArgument],
    ['lineage', hostileArgument],
    ['chain', hostileArgument],
    ['iv', hostileArgument],
    ['calendar', hostileArgument],
    ['report', hostileArgument],
    ['query', hostileArgument],
    ['query', 'SELECT 1', '--limit', hostileArgument],
    ['status', '--data', hostileArgument],
    ['init', hostileArgument, '--provider', hostileArgument],
    ['help', hostileArgument],
  ])
    await call(...words);
  expect(problems).toEqual([]);

  const files = await rig.files();
  const texts = files.filter((file) => /\.(?:log|html)$|report\.json$/.test(file));
  expect(texts.some((file) => file.endsWith('report.html'))).toBe(true);
  expect(texts.some((file) => file.endsWith('hostile.log'))).toBe(true);
  for (const file of texts) expect([file, findControl(await rig.read(file), '\n\t')]).toEqual([file, null]);
});
