import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { describeForeignRequests, findLedger, openLedgerPacing } from '../../../src/app/providers/pacing-ledger.js';
import type { LedgerLocation } from '../../../src/app/providers/pacing-ledger.js';
import { findStateFolder } from '../../../src/app/state-folder.js';
import type { Environment } from '../../../src/app/context.js';
import { createOffsetClock } from '../../../src/core/time/clock.js';
import { day, second } from '../../../src/core/time/time.js';
import type { Duration } from '../../../src/core/time/time.js';
import { createIbBudgets } from '../../../src/providers/ib/limits.js';
import { createKiteBudgets } from '../../../src/providers/kite/limits.js';
import type { ProviderName } from '../../../src/core/series.js';
import { createPacedRequest } from '../../pacing/budgets.js';
import { createVirtualClock } from '../../virtual-clock.js';
import { createPipeline } from '../../fixtures/pipelines.js';

const start = Date.parse('2026-11-20T21:00:00Z');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipe-pacing-ledger-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Asked {
  readonly provider?: ProviderName;
  readonly lake?: string;
  readonly port?: number;
  readonly accounts?: readonly string[] | null;
  readonly environment?: Environment;
}

async function find({
  provider = 'ib',
  lake = 'one',
  port = 4002,
  accounts = null,
  environment,
}: Asked = {}): Promise<LedgerLocation> {
  const { providers } = createPipeline(['AAPL']);
  const pipeline = { providers: { ...providers, ib: { ...providers.ib, port } } };
  const ctx = { dataFolder: join(folder, lake), environment: environment ?? { PIPE_STATE: join(folder, 'state') } };
  return findLedger(provider, pipeline, ctx, accounts);
}

test.each<[string, Environment, string | null]>([
  ['PIPE_STATE', { PIPE_STATE: '/own', XDG_STATE_HOME: '/xdg', HOME: '/home/me' }, '/own'],
  ['XDG_STATE_HOME', { XDG_STATE_HOME: '/xdg', HOME: '/home/me' }, '/xdg/pipe'],
  ['the home folder', { HOME: '/home/me' }, '/home/me/.local/state/pipe'],
  [
    'the home folder if XDG_STATE_HOME is relative',
    { XDG_STATE_HOME: 'x', HOME: '/home/me' },
    '/home/me/.local/state/pipe',
  ],
  ['nothing without a home folder', { HOME: 'x' }, null],
])('the state folder is that of %s', (_, environment, path) => {
  expect(findStateFolder(environment)?.path ?? null).toBe(path);
});

describe('the ledger', () => {
  test('of an account is the same for two lakes, gateways and orders of accounts', async () => {
    const one = await find({ lake: 'one', port: 4002, accounts: ['DU2', 'DU1'] });
    const other = await find({ lake: 'two', port: 7497, accounts: ['DU1', 'DU2'] });
    expect({ folder: other.folder, account: other.account }).toEqual({ folder: one.folder, account: one.account });
    expect(JSON.stringify([one.account, readdirSync(one.folder)])).not.toContain('DU1');
  });

  test('of another account is another one', async () => {
    expect((await find({ accounts: ['DU1'] })).account).not.toBe((await find({ accounts: ['DU2'] })).account);
  });

  test('is found before the gateway is connected, by the account that it named last', async () => {
    const unknown = await find();
    const known = await find({ accounts: ['DU1'] });
    expect(unknown.account).toMatch(/^address-/);
    expect((await find()).account).toBe(known.account);
    expect((await find({ port: 4001 })).account).toMatch(/^address-/);
  });

  test('of Kite belongs to the API key, which it does not name', async () => {
    const environment = { PIPE_STATE: folder, KITE_API_KEY: 'sesame', KITE_ACCESS_TOKEN: 'secret' };
    const one = await find({ provider: 'kite', environment });
    const other = await find({
      provider: 'kite',
      lake: 'two',
      environment: { ...environment, KITE_ACCESS_TOKEN: 'x' },
    });
    expect(other.account).toBe(one.account);
    expect(one.account).not.toContain('sesame');
  });

  test.each(['mock', 'synthetic'] as const)('of %s belongs to the lake', async (provider) => {
    expect((await find({ provider })).folder).toBe(join(folder, 'one', '_pacing'));
  });

  test('counts the requests of one lake in another', async () => {
    const clock = createVirtualClock(start);
    const open = async (lake: string): ReturnType<typeof openLedgerPacing> => {
      const { warning: _, ...ledger } = await find({ lake, accounts: ['DU1'] });
      return openLedgerPacing({ ...ledger, budgets: createIbBudgets('default'), clock, token: lake });
    };
    const one = await open('one');
    for (let part = 0; part < 5; part++) (await one.acquire(createPacedRequest({ contract: 'A', part }))).release();
    const other = await open('two');
    expect(other.foreignRequests()).toBe(5);
    const sixth = await other.acquire(createPacedRequest({ contract: 'A', part: 6 }));
    expect(sixth.at - start).toBeGreaterThanOrEqual(2 * second);
    await one.close();
    await other.close();
  });

  test('counts the requests of a run with `--now` at the time of the machine, and holds until its own', async () => {
    const clock = createVirtualClock(start);
    const open = async (lake: string, offset: Duration): ReturnType<typeof openLedgerPacing> => {
      const { warning: _, ...ledger } = await find({ lake, accounts: ['DU1'] });
      const shifted = createOffsetClock(clock, offset);
      return openLedgerPacing({ ...ledger, budgets: createIbBudgets('default'), clock: shifted, token: lake });
    };
    const past = await open('one', -3 * day);
    for (let part = 0; part < 5; part++) (await past.acquire(createPacedRequest({ contract: 'A', part }))).release();
    past.hold(start - 3 * day + 30 * second);
    const present = await open('two', 0);
    expect(present.foreignRequests()).toBe(5);
    const sixth = await present.acquire(createPacedRequest({ contract: 'A', part: 6 }));
    expect(sixth.at - start).toBe(30 * second);
    await past.close();
    await present.close();
  });
});

describe('a state folder that cannot be written', () => {
  const notWritable = (): string => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    return path;
  };

  test('is replaced by the lake, with a warning that names it', async () => {
    const path = notWritable();
    const { folder: found, warning } = await find({ environment: { XDG_STATE_HOME: path } });
    expect(found).toBe(join(folder, 'one', '_pacing'));
    expect(warning).toBe(
      `cannot write the state folder ${path}/pipe (ENOTDIR): request limits are counted for this lake only; set PIPE_STATE to a folder that all runs can write`,
    );
  });

  test('is an error if the user has named it', async () => {
    const path = notWritable();
    await expect(find({ environment: { PIPE_STATE: path } })).rejects.toMatchObject({
      code: 2,
      message: `cannot write the state folder ${path} (ENOTDIR)`,
    });
  });

  test.skipIf(process.getuid?.() === 0)('is replaced by the lake if it may not be written', async () => {
    chmodSync(folder, 0o500);
    const { warning } = await find({ environment: { HOME: folder } });
    chmodSync(folder, 0o700);
    expect(warning).toContain('EACCES');
  });
});

describe('requests of other runs', () => {
  test('are named for limits over minutes', () => {
    expect(describeForeignRequests('ib', 14, createIbBudgets('default'))).toBe(
      'ib: 14 requests of other runs count against this account',
    );
  });

  test.each([
    ['there are none', 0, createIbBudgets('default')],
    ['they count for a second', 3, createKiteBudgets()],
  ])('are not named if %s', (_, requests, budgets) => {
    expect(describeForeignRequests('kite', requests, budgets)).toBeNull();
  });
});
