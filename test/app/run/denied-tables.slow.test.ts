import { expect, test } from 'vitest';

import { createRig } from '../../rig.js';

const now = '2026-11-20T23:00:00Z';

const steps = `steps:
  contracts: {}
  history: { needs: contracts }
  chains: { needs: contracts }
  quotes: { needs: contracts }
  equity: { needs: [contracts, history], lookback: 5 sessions }
  options: { needs: [chains, equity], lookback: 2 sessions, strikes: 1, expiries: 1 }
  snapshots: { needs: [chains, equity], strikes: 1, expiries: 1 }
`;

interface RunDocument {
  readonly status: string;
  readonly lacking: readonly {
    readonly kind: string;
    readonly isAccepted: boolean;
    readonly symbols: readonly string[];
  }[];
}

test.each(['contracts', 'history_starts', 'chains', 'quotes', 'equity_bars', 'option_bars', 'option_snapshots'])(
  'runs with denied %s are partial and name the symbol until the pipeline accepts it',
  async (request) => {
    const rig = await createRig();
    await rig.write(
      'denied.yaml',
      `name: denied\nsource: synthetic\nrules: [{ when: { request: ${request}, symbol: GOOGL }, do: { failure: denied, message: no permission } }]\n`,
    );
    const writePipeline = (accept: string): Promise<void> =>
      rig.write(
        'p.yaml',
        `name: p\nprovider: synthetic\nsymbols: [AAPL, GOOGL]\n${accept}${steps}providers: { synthetic: { scenario: denied.yaml } }\n`,
      );
    const run = async (exitCode: number): Promise<RunDocument> => {
      const result = await rig.pipe('run', 'p.yaml', '--now', now, '--json');
      expect(result.exitCode, result.stderr).toBe(exitCode);
      return JSON.parse(result.stdout) as RunDocument;
    };
    const plan = async (): Promise<number | null> =>
      (await rig.pipe('plan', 'p.yaml', '--now', now, '--exit-code')).exitCode;
    const denied = { kind: 'denied', isAccepted: false, symbols: ['GOOGL'] };

    await writePipeline('');
    for (let count = 0; count < 2; count++) {
      const { status, lacking } = await run(3);
      expect(status).toBe('partial');
      expect(lacking).toContainEqual(denied);
    }
    expect(await plan()).toBe(3);
    expect((await rig.pipe('status', 'p.yaml', '--now', now)).stdout).toContain('1 denied: GOOGL; --retry-denied');

    await writePipeline('accept: { denied: [GOOGL] }\n');
    const { status, lacking } = await run(0);
    expect(status).toBe('ok');
    expect(lacking).toEqual([{ ...denied, isAccepted: true }]);
    expect(await plan()).toBe(0);
  },
);

test('a first run whose denial is accepted is ok, and requests the rest', async () => {
  const rig = await createRig();
  await rig.write(
    'denied.yaml',
    `name: denied\nsource: synthetic\nrules: [{ when: { request: chains, symbol: GOOGL }, do: { failure: denied, message: no permission } }]\n`,
  );
  await rig.write(
    'p.yaml',
    `name: p\nprovider: synthetic\nsymbols: [AAPL, GOOGL]\naccept: { denied: all }\n${steps}providers: { synthetic: { scenario: denied.yaml } }\n`,
  );
  const result = await rig.pipe('run', 'p.yaml', '--now', now, '--json');
  expect(result.exitCode, result.stderr).toBe(0);
  const { stdout } = await rig.pipe(
    'query',
    '--csv',
    'SELECT symbol, count(*) AS bars FROM equity_bars GROUP BY 1 ORDER BY 1',
  );
  expect(stdout).toBe('symbol,bars\nAAPL,5\nGOOGL,5\n');
});
