import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, test } from 'vitest';

import { findRequirement, titled } from '../requirements.js';
import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';
import { requireCalendar } from '../fixtures/require-calendar.js';

const python = findRequirement('python');
const columns = 'columns: { date: Date, open: Open, high: High, low: Low, close: Close, volume: Volume }';
const header = 'Date,Open,High,Low,Close,Volume';

const sessions = requireCalendar('XNYS')
  .sessions('2024-01-02', '2024-03-29')
  .map(({ date }) => date);

function toLine(date: string, index: number): string {
  const price = 100 + index;
  return `${date},${String(price)},${String(price + 2)},${String(price - 1)},${String(price + 1)},${String(1000 + index)}`;
}

const lines = sessions.map(toLine);

async function createProject(settings = ''): Promise<Rig> {
  const rig = await createRig();
  await rig.write(
    'pipelines/history.yaml',
    `name: history\nsymbols: [AAPL, MSFT]\nsteps:\n  bought: { uses: import, files: ../bought/*, ${columns}${settings} }\n`,
  );
  return rig;
}

async function run(rig: Rig, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await rig.pipe('run', 'pipelines/history.yaml', ...args);
  return `${String(exitCode)}\n${stdout}${stderr}`;
}

async function query(rig: Rig, sql: string): Promise<unknown> {
  const { stdout } = await rig.pipe('query', sql, '--json');
  return JSON.parse(stdout);
}

/** The state of every table and record that an import may change. */
async function readBars(rig: Rig): Promise<unknown> {
  return query(rig, 'SELECT symbol, session, open, close, request_id FROM equity_bars ORDER BY ALL');
}

describe('uses: import', () => {
  it('imports each content once, plans by file, and names file, hash and line of a value', async () => {
    const rig = await createProject();
    await rig.write('bought/AAPL.csv', `${header}\n${lines.join('\n')}\n`);
    const planned = await rig.pipe('plan', 'pipelines/history.yaml', '--json', '--exit-code');
    expect(planned.exitCode).toBe(6);
    expect(JSON.parse(planned.stdout)).toMatchObject({
      tasks: [{ id: 'bought', status: 'ready', files: [{ path: '../bought/AAPL.csv', reason: 'new' }] }],
    });

    expect(await run(rig)).toMatch(/^0\n/);
    const bars = await readBars(rig);
    expect(bars).toHaveLength(lines.length);
    expect(await run(rig)).toMatch(/^0\n/);
    expect(await readBars(rig)).toEqual(bars);
    const again = await rig.pipe('plan', 'pipelines/history.yaml', '--exit-code');
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain('1 file imported');

    // A renamed file has the same content.
    await rig.write('bought/AAPL-renamed.csv', `${header}\n${lines.join('\n')}\n`);
    rmSync(rig.path('bought/AAPL.csv'));
    expect(await run(rig)).toMatch(/^0\n/);
    expect(await readBars(rig)).toEqual(bars);

    const sha256 = createHash('sha256')
      .update(readFileSync(rig.path('bought/AAPL-renamed.csv')))
      .digest('hex');
    const why = await rig.pipe('why', 'AAPL', sessions[4] ?? '', '--json');
    expect(JSON.parse(why.stdout)).toMatchObject({
      value: 105,
      provider: 'import:files',
      request: { sent: [{ file: '../bought/AAPL.csv', line: 6, sha256 }] },
    });
    const lineage = await rig.pipe('lineage', 'AAPL');
    expect(lineage.stdout).toContain(
      `read: file ../bought/AAPL.csv, lines 2–${String(lines.length + 1)}, sha256 ${sha256}`,
    );
    expect((await rig.pipe('check')).exitCode).toBe(0);
  });

  it('claims no session that the file lacks, and lists rejected lines', async () => {
    const rig = await createProject();
    const kept = lines.filter((_, index) => index < 10 || index >= 15);
    await rig.write('bought/AAPL.csv', `${header}\n${kept.join('\n')}\n2024-01-06,1,1,1,1,1\n`);
    expect(await run(rig)).toMatch(/^3\n[^]*1 line rejected/);
    const [rejected] = (await rig.files('data/_imports')).filter((name) => name.endsWith('.rejected.csv'));
    expect(await rig.read(join('data/_imports', rejected ?? ''))).toBe(
      `line,problem,text\n${String(kept.length + 2)},"XNYS has no session on 2024-01-06","2024-01-06,1,1,1,1,1"\n`,
    );
    const facts = await query(rig, `SELECT sum(rows)::INT AS rows FROM facts WHERE state = 'data'`);
    expect(facts).toEqual([{ rows: kept.length }]);
    const missing = await rig.pipe('why', 'AAPL', sessions[12] ?? '', '--json');
    expect(JSON.parse(missing.stdout)).toMatchObject({ value: null, request: null });
  });

  it('replaces what an earlier content of the same file brought, and keeps what another file brought', async () => {
    const rig = await createProject();
    await rig.write('bought/AAPL.csv', `${header}\n${lines.slice(0, 20).join('\n')}\n`);
    await run(rig);
    // The vendor corrects one bar, and appends others.
    const corrected = lines.map((line, index) => (index === 3 ? toLine(sessions[3] ?? '', 500) : line));
    await rig.write('bought/AAPL.csv', `${header}\n${corrected.join('\n')}\n`);
    const changed = await run(rig);
    expect(changed).toContain(
      '19 of 20 bars equal those of the earlier content of the file; 1 differ, first open 600 instead of 103',
    );
    expect(await query(rig, `SELECT close FROM equity_bars WHERE session = DATE '${sessions[3] ?? ''}'`)).toEqual([
      { close: 601 },
    ]);

    // Another file has other values for two sessions.
    const others = [toLine(sessions[5] ?? '', 700), lines[6] ?? ''];
    await rig.write('bought/AAPL-other.csv', `${header}\n${others.join('\n')}\n`);
    const overlapping = await run(rig);
    expect(overlapping).toContain(
      '1 of 2 bars equal those of other files of the source; 1 differ, first open 800 instead of 105',
    );
    expect(overlapping).toContain('2 held from other files');
    expect(await query(rig, `SELECT close FROM equity_bars WHERE session = DATE '${sessions[5] ?? ''}'`)).toEqual([
      { close: 106 },
    ]);

    await rig.write(
      'pipelines/history.yaml',
      (await rig.read('pipelines/history.yaml')).replace('Volume }', 'Volume }, on_difference: replace'),
    );
    await rig.write('bought/AAPL-other.csv', `${header}\n${others.join('\n')}\n\n`);
    await run(rig);
    expect(await query(rig, `SELECT close FROM equity_bars WHERE session = DATE '${sessions[5] ?? ''}'`)).toEqual([
      { close: 801 },
    ]);
  });

  it('compares with bars of a provider and stores both', async () => {
    const rig = await createProject();
    await rig.write(
      'pipelines/mock.yaml',
      'name: mock\nprovider: mock\nsymbols: [AAPL]\nsteps:\n  contracts: {}\n  equity: { needs: contracts, from: 2024-01-02, to: 2024-03-29 }\n',
    );
    expect((await rig.pipe('run', 'pipelines/mock.yaml')).exitCode).toBe(0);
    const exported = (await query(
      rig,
      'SELECT session, open, high, low, close, volume FROM equity_bars ORDER BY ts',
    )) as readonly Readonly<Record<string, string | number>>[];
    const toCsv = (factor: number): string =>
      [
        header,
        ...exported.map(({ session, open, high, low, close, volume }) =>
          [session, ...[open, high, low, close].map((price) => Number(price) * factor), volume].join(','),
        ),
      ].join('\n');
    await rig.write('bought/AAPL.csv', toCsv(1));
    expect(await run(rig)).toContain(
      `AAPL: ${String(exported.length)} of ${String(exported.length)} bars equal those of mock`,
    );
    await rig.write('bought/AAPL.csv', toCsv(4));
    expect(await run(rig)).toContain(`${String(exported.length)} differ: 1:4 change of scale (prices × 4)`);
    expect(
      await query(rig, 'SELECT provider, count(*)::INT AS bars FROM equity_bars GROUP BY ALL ORDER BY ALL'),
    ).toEqual([
      { provider: 'import:files', bars: exported.length },
      { provider: 'mock', bars: exported.length },
    ]);
  });

  it('imports again when rows are lost, when the pipeline has a new symbol, and when settings change', async () => {
    const rig = await createProject();
    await rig.write(
      'bought/all.csv',
      `Symbol,${header}\n${lines.map((line) => `AAPL,${line}`).join('\n')}\n${lines.map((line) => `NVDA,${line}`).join('\n')}\n`,
    );
    const write = (symbols: string, more = ''): Promise<void> =>
      rig.write(
        'pipelines/history.yaml',
        `name: history\nsymbols: [${symbols}]\nsteps:\n  bought: { uses: import, files: ../bought/*, ${columns.replace('{ date', '{ symbol: Symbol, date')}${more} }\n`,
      );
    await write('AAPL');
    await run(rig);
    expect(await readBars(rig)).toHaveLength(lines.length);
    await write('AAPL, NVDA');
    expect((await rig.pipe('plan', 'pipelines/history.yaml')).stdout).toContain('1 symbols');
    await run(rig);
    expect(await readBars(rig)).toHaveLength(2 * lines.length);
    for (const name of await rig.files('data/equity_bars'))
      if (name.endsWith('.parquet')) rmSync(rig.path('data/equity_bars', name));
    expect((await rig.pipe('plan', 'pipelines/history.yaml')).stdout).toContain('1 lost');
    await run(rig);
    expect(await readBars(rig)).toHaveLength(2 * lines.length);
    await write('AAPL, NVDA', ', price_type: MIDPOINT');
    expect((await rig.pipe('plan', 'pipelines/history.yaml')).stdout).toContain('1 settings');
  });

  it('reads Parquet files like CSV files', async () => {
    const rig = await createProject();
    await rig.write('bought/AAPL.csv', `${header}\n${lines.join('\n')}\n`);
    await run(rig);
    const bars = 'SELECT ts, session, open, high, low, close, volume FROM equity_bars ORDER BY ts';
    const fromCsv = await query(rig, bars);
    expect((await rig.pipe('export', 'equity_bars', '--to', rig.path('AAPL.parquet'))).exitCode).toBe(0);
    const second = await createRig();
    await second.write(
      'pipelines/history.yaml',
      `name: history\nsymbols: [AAPL]\nsteps:\n  bought: { uses: import, files: ${rig.path('AAPL.parquet')}, columns: { date: session, symbol: symbol, open: open, high: high, low: low, close: close, volume: volume } }\n`,
    );
    expect(await run(second)).toMatch(/^2\n[^]*is outside the project/);
    expect(await run(second, '--allow-outside')).toMatch(/^0\n/);
    expect(await query(second, bars)).toEqual(fromCsv);
  });
});

test.skipIf(python.missing)(titled('reads damaged files as an independent reader does', python), async () => {
  const rig = await createProject(', accept_rejected: true');
  const allSessions = requireCalendar('XNYS').sessions('1900-01-01', '2026-01-01');
  await rig.write('sessions.json', JSON.stringify(allSessions.map(({ date }) => date)));
  let state = 1;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const mutations = [
    '"',
    ',',
    '\n',
    '\r\n',
    ' ',
    '-',
    '0',
    '9',
    'e',
    '.',
    '\0',
    'é',
    '""',
    ',,',
    '1e5',
    'NaN',
    '2024-01-06',
  ];
  for (let round = 0; round < 25; round++) {
    let text = [header, ...lines].join('\n');
    const count = random(60);
    for (let index = 0; index < count; index++) {
      const at = header.length + 1 + random(text.length - header.length - 1);
      const inserted = mutations[random(mutations.length)] ?? '';
      text = text.slice(0, at) + inserted + text.slice(at + random(3));
    }
    await rig.write('bought/AAPL.csv', text);
    const { exitCode } = await rig.pipe('run', 'pipelines/history.yaml', '--data', `data-${String(round)}`);
    expect(exitCode).toBe(0);
    const bars = await rig.pipe(
      'query',
      'SELECT session, open, high, low, close, volume FROM equity_bars ORDER BY ts',
      '--json',
      '--data',
      `data-${String(round)}`,
    );
    const stored = (JSON.parse(bars.stdout) as readonly Readonly<Record<string, unknown>>[]).map((row) => [
      row['session'],
      [row['open'], row['high'], row['low'], row['close'], row['volume']],
    ]);
    const names = await rig.files(`data-${String(round)}/_imports`);
    const rejectedName = names.find((name) => name.endsWith('.rejected.csv'));
    const rejectedText =
      rejectedName === undefined ? '' : await rig.read(join(`data-${String(round)}/_imports`, rejectedName));
    const rejected = [...rejectedText.matchAll(/^(\d+),"/gm)].map(([, line]) => Number(line));
    const reading = await promisify(execFile)(python.path, [
      join(import.meta.dirname, 'independent_reading.py'),
      rig.path('bought/AAPL.csv'),
      rig.path('sessions.json'),
    ]);
    const expected = JSON.parse(reading.stdout) as { readonly accepted: unknown; readonly rejected: unknown };
    expect({ round, stored, rejected }).toEqual({ round, stored: expected.accepted, rejected: expected.rejected });
  }
});
