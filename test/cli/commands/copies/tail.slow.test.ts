import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compact } from '../../../../src/lake/maintenance/compact.js';
import { author, bars, commit, equity, openLakeFixture, rowlessResult } from '../../../lake/lake-fixture.js';
import type { LakeFixture } from '../../../lake/lake-fixture.js';
import { createRig } from '../../../rig.js';
import type { Rig, RunningCall } from '../../../rig.js';

interface Row {
  readonly symbol: string;
  readonly session: string;
  readonly close: number;
}

const parse = (text: string): readonly Row[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);

const keys = (text: string): readonly string[] => parse(text).map(({ symbol, session }) => `${symbol} ${session}`);

async function open(): Promise<{ readonly rig: Rig; readonly lake: LakeFixture; readonly data: readonly string[] }> {
  const lake = await openLakeFixture();
  return { rig: await createRig(), lake, data: ['--data', lake.folder] };
}

/** Commits bars of one session a time until the command prints the first of them: it has then begun to follow. */
async function follow(rig: Rig, lake: LakeFixture, words: readonly string[]): Promise<RunningCall> {
  const call = rig.spawn(...words);
  for (let minute = 0; call.stdout() === ''; minute++) {
    await commit(lake, 'equity_bars', [bars(equity('BEGIN'), '2026-11-16', '2026-11-17', { price: 10 + minute })]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return call;
}

const lastOf = (call: RunningCall) => keys(call.stdout()).at(-1);

describe('pipe tail --follow', () => {
  it('prints the rows of each commit once, also beside merges, and ends at a signal', async () => {
    const { rig, lake, data } = await open();
    const call = await follow(rig, lake, [...data, 'tail', 'equity_bars', '--follow']);
    const expected: string[] = [];
    for (let day = 10; day < 30; day++) {
      await commit(lake, 'equity_bars', [bars(equity('AAPL'), `2026-09-${String(day)}`, `2026-09-${String(day + 1)}`)]);
      if (day === 19) await compact(lake.context, lake.log('equity_bars'), author);
      expected.push(`AAPL 2026-09-${String(day)}`);
    }
    await expect.poll(() => lastOf(call)).toBe(expected.at(-1));
    expect(keys(call.stdout()).filter((key) => key.startsWith('AAPL'))).toEqual(expected);
    // A window without rows prints nothing, and the next one is printed.
    await commit(lake, 'equity_bars', [rowlessResult(equity('AAPL'), '2026-09-10', '2026-09-11', 'empty')]);
    await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-09-10', '2026-09-11', { price: 77 })]);
    await expect.poll(() => parse(call.stdout()).at(-1)).toMatchObject({ symbol: 'AAPL', session: '2026-09-10' });
    call.kill('SIGINT');
    expect(await call.result).toMatchObject({ exitCode: 130, stderr: '' });
  });

  it('follows a table that is removed and created again', async () => {
    const { rig, lake, data } = await open();
    const call = await follow(rig, lake, [...data, 'tail', 'equity_bars', '--follow', '--symbols', 'BEGIN,MSFT']);
    await rm(join(lake.folder, 'equity_bars'), { recursive: true });
    await commit(lake, 'equity_bars', [
      bars(equity('MSFT'), '2026-11-16', '2026-11-17'),
      bars(equity('AAPL'), '2026-11-16', '2026-11-17'),
    ]);
    await expect.poll(() => lastOf(call)).toBe('MSFT 2026-11-16');
    call.kill('SIGTERM');
    expect(await call.result).toMatchObject({ exitCode: 143 });
  });

  it('waits for a table that the lake does not have', async () => {
    const { rig, lake, data } = await open();
    const call = rig.spawn(...data, 'tail', 'equity_bars', '--follow', '--csv');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await commit(lake, 'equity_bars', [bars(equity('MSFT'), '2026-11-16', '2026-11-17')]);
    await call.waitForOutput('\nMSFT,');
    expect(call.stdout()).toMatch(/^symbol,provider,bar_size,/);
    call.kill('SIGINT');
    await call.result;
  });
});

describe('pipe tail', () => {
  it('begins with a version, a date or the last commit', async () => {
    const { rig, lake, data } = await open();
    for (const session of ['16', '17', '18'])
      await commit(lake, 'equity_bars', [
        bars(equity('AAPL'), `2026-11-${session}`, `2026-11-${String(Number(session) + 1)}`),
      ]);
    const tail = async (...words: readonly string[]) => {
      const { stdout, exitCode } = await rig.pipe(...data, 'tail', 'equity_bars', ...words);
      expect(exitCode).toBe(0);
      return parse(stdout).map(({ session }) => session);
    };
    expect(await tail()).toEqual(['2026-11-18']);
    expect(await tail('--from', '0')).toEqual(['2026-11-16', '2026-11-17', '2026-11-18']);
    expect(await tail('--from', '1')).toEqual(['2026-11-17', '2026-11-18']);
    expect(await tail('--from', '3')).toEqual([]);
    expect(await tail('--from', '2000-01-01')).toEqual(['2026-11-16', '2026-11-17', '2026-11-18']);
    expect(await tail('--from', '2100-01-01')).toEqual([]);
    expect(await tail('--symbols', 'MSFT')).toEqual([]);
    const printed = await rig.pipe(...data, 'tail', 'equity_bars', '--from', '0');
    const queried = await rig.pipe(...data, 'query', 'SELECT * FROM equity_bars ORDER BY ts', '--json');
    expect(parse(printed.stdout)).toEqual(JSON.parse(queried.stdout));
  });

  it('rejects what it cannot begin with', async () => {
    const { rig, lake, data } = await open();
    const fails = async (text: string, ...words: readonly string[]) =>
      expect(await rig.pipe(...data, 'tail', ...words)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(text) as string,
      });
    await fails('the lake has no table equity_bars yet', 'equity_bars');
    await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-17')]);
    await fails('did you mean equity_bars?', 'equity_bar');
    await fails('--from 7 is later than the version of equity_bars, which is 0', 'equity_bars', '--from', '7');
    await fails('--from soon is not a timestamp', 'equity_bars', '--from', 'soon');
    await fails('--symbols is empty', 'equity_bars', '--symbols', ',');
    await fails('different formats', 'equity_bars', '--csv', '--json');
  });

  it('ends when nothing reads its output any more', async () => {
    const { lake } = await open();
    await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2020-01-01', '2026-11-17')]);
    const main = join(import.meta.dirname, '../../../../dist/main.js');
    const command = `"$0" "$1" --data "$2" tail equity_bars --from 0 --follow | head -n 1`;
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command, process.execPath, main, lake.folder]);
    expect(keys(stdout)).toHaveLength(1);
    expect(stderr).toBe('');
  });
});
