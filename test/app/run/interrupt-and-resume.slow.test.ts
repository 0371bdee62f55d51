import { describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig, RunningCall } from '../../rig.js';
import { listRequestingTasks, now, runPlan, smallPipeline } from '../../fixtures/project.js';

/** Responds slowly, two requests at a time, so that a run can be interrupted. */
const slow = smallPipeline.replace(
  'provider: mock\n',
  'provider: mock\nproviders: { mock: { delay: 3s } }\npacing: { concurrency: 2 }\n',
);
/** Sends no request until the file `go` exists. */
const held = `${smallPipeline}hooks: { before_run: [{ command: [sh, -c, 'until [ -e go ]; do sleep 0.1; done'], required: true, timeout: 1d }] }\n`;
/** Never responds within a test. */
const stuck = smallPipeline.replace('provider: mock\n', 'provider: mock\nproviders: { mock: { delay: 1d } }\n');

const run = ['run', 'small.yaml', '--now', now];
const wholeRun = 2 + 2 + 2 + 2 * 6;

async function createProject(text: string): Promise<Rig> {
  const rig = await createRig();
  await rig.write('small.yaml', text);
  return rig;
}

/** Starts a run and waits for its first response. */
async function startRun(rig: Rig, ...args: readonly string[]): Promise<RunningCall> {
  const call = rig.spawn(...run, '--record-calls', 'calls.ndjson', '--debug', ...args);
  await call.waitForOutput('"type":"request-completed"');
  return call;
}

async function listRequested(rig: Rig): Promise<readonly string[]> {
  const lines = (await rig.read('calls.ndjson')).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { event: string; series: string })
    .filter(({ event }) => event === 'requested')
    .map(({ series }) => series);
}

describe('two runs of one pipeline', () => {
  test('the second run exits and names the first, or waits with --wait; read-only commands still work', async () => {
    const rig = await createProject(held);
    const first = rig.spawn(...run, '--record-calls', 'calls.ndjson', '--debug');
    await first.waitForOutput('"type":"run-started"');
    const holder = `another run of small is in progress (pid ${String(first.pid)} on `;

    const second = await rig.pipe(...run);
    expect(second).toMatchObject({ exitCode: 11, stdout: '' });
    expect(second.stderr.startsWith(`pipe: ${holder}`)).toBe(true);
    expect(second.stderr).toMatch(/pipe run small\.yaml .*\)\n {2}wait for it with --wait, or see: pipe status\n$/);

    const timedOut = await rig.pipe(...run, '--wait', '10ms');
    expect(timedOut.exitCode).toBe(11);

    const waiting = rig.spawn(...run, '--wait');
    await waiting.waitForOutput(holder);
    const reading = await Promise.all([
      rig.pipe('plan', 'small.yaml', '--now', now),
      rig.pipe('status', '--now', now),
      rig.pipe('query', 'SELECT count(*) FROM equity_bars'),
      rig.pipe('lineage', 'AAPL'),
    ]);
    // The lake holds no rows of the symbol yet.
    expect(reading.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 2]);
    expect(reading[1].stdout).toMatch(
      /^The lake in .* is empty\.\n\n[^]*small +running[^]*\n {2}locked {2}small by pid \d+ on /,
    );

    await rig.write('go', '');
    expect(await first.result).toMatchObject({ exitCode: 0 });
    const waited = await waiting.result;
    expect(waited.exitCode).toBe(0);
    expect(waited.stderr).toMatch(/; waiting for its end\n/);
    expect(waited.stdout).toContain('nothing to fetch');
    expect(await listRequested(rig)).toHaveLength(wholeRun);
  });

  test('a run takes over the lock of a killed run', async () => {
    const rig = await createProject(stuck);
    const first = rig.spawn(...run, '--debug');
    await first.waitForOutput('"type":"request-sent"');
    first.kill('SIGKILL');
    await first.result;
    const status = await rig.pipe('status');
    expect(status.stdout).not.toContain('locked');
    expect(status.stdout).toMatch(/small +crashed/);
    await rig.write('small.yaml', smallPipeline);
    expect(await rig.pipe(...run)).toMatchObject({ exitCode: 0 });
    expect((await rig.files('data')).filter((path) => path.startsWith('_locks/'))).toEqual([]);
  });
});

test('two pipelines run on one lake at the same time, and both complete', async () => {
  const rig = await createProject(smallPipeline.replace('name: small', 'name: one'));
  await rig.write(
    'other.yaml',
    smallPipeline.replace('name: small', 'name: two').replace('[AAPL, BRK B]', '[MSFT, AAPL]'),
  );
  const [one, two] = await Promise.all([
    rig.pipe(...run, '--json'),
    rig.pipe('run', 'other.yaml', '--now', now, '--json'),
  ]);
  expect([one.exitCode, two.exitCode], `${one.stderr}${two.stderr}`).toEqual([0, 0]);
  for (const file of ['small.yaml', 'other.yaml']) {
    const { exitCode, stdout } = await rig.pipe('plan', file, '--now', now, '--exit-code');
    expect(exitCode, stdout).toBe(0);
  }
  const bars = await rig.pipe(
    'query',
    '--csv',
    'SELECT symbol, count(*) = count(DISTINCT session) FROM equity_bars GROUP BY ALL ORDER BY ALL',
  );
  expect(bars.stdout).toBe('symbol,"(count_star() = count(DISTINCT ""session""))"\nAAPL,true\nBRK B,true\nMSFT,true\n');
  const check = await rig.pipe('check');
  expect(check.exitCode, check.stdout).toBe(0);
});

describe('an interrupted run', () => {
  test.concurrent.for<readonly [NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])(
    'stopped by %s stores the requests in flight, and the next run requests only the rest',
    async ([signal, exitCode]) => {
      const rig = await createProject(slow);
      const call = await startRun(rig, '--json');
      call.kill(signal);
      const stopped = await call.result;
      expect(stopped.exitCode).toBe(exitCode);
      const document = JSON.parse(stopped.stdout) as { status: string; requests: number };
      expect(document.status).toBe('cancelled');
      const before = await listRequested(rig);
      expect(before.length).toBeLessThan(wholeRun);
      // Every request has a stored response.
      expect(document.requests).toBe(before.length);

      const plan = await runPlan(rig);
      expect(plan.requests + plan.estimatedRequests).toBeGreaterThan(0);
      const report = await rig.pipe('report');
      expect(report.stdout).toMatch(/^small {2}cancelled /);
      expect(report.stdout).toContain('resume   pipe run small.yaml');
      const rest = await rig.pipe(...run, '--record-calls', 'calls.ndjson');
      expect(rest.exitCode, rest.stderr).toBe(0);
      const all = await listRequested(rig);
      expect(all).toHaveLength(wholeRun);
      expect(new Set(all).size).toBe(wholeRun);
      expect(listRequestingTasks(await runPlan(rig))).toEqual([]);
    },
  );

  test('stopped by a second Ctrl-C ends at once and stores the received responses', async () => {
    const rig = await createProject(
      stuck.replace('1d', '3s').replace('provider: mock\n', 'provider: mock\npacing: { concurrency: 1 }\n'),
    );
    const call = await startRun(rig);
    call.kill('SIGINT');
    await call.waitForOutput(/stopping: waiting for \d+ requests? in flight \(Ctrl-C again to force\)/);
    call.kill('SIGINT');
    const { exitCode } = await call.result;
    expect(exitCode).toBe(130);
    await rig.write('small.yaml', smallPipeline);
    const next = await rig.pipe(...run, '--record-calls', 'calls.ndjson');
    expect(next.exitCode, next.stderr).toBe(0);
    const all = await listRequested(rig);
    // At most the one request in flight is repeated.
    expect(all.length - wholeRun).toBeLessThanOrEqual(1);
  });

  test('killed with SIGKILL keeps the received responses, and the next run commits them before planning', async () => {
    const rig = await createProject(slow);
    const call = await startRun(rig);
    call.kill('SIGKILL');
    await call.result;
    await rig.write('small.yaml', smallPipeline);
    const next = await rig.pipe(...run, '--record-calls', 'calls.ndjson');
    expect(next.exitCode).toBe(0);
    expect(next.stderr).toMatch(/^committed \d+ results? \([\d,]+ rows?\) received by 1 interrupted run\n/);
    const all = await listRequested(rig);
    expect(all.length - wholeRun).toBeLessThanOrEqual(2);
    expect((await rig.files('data')).filter((path) => /^(_spool|_writing)\//.test(path))).toEqual([]);
  });
});

describe('a saved plan', () => {
  test('is executed unchanged, and only for the pipeline that it was made for', async () => {
    const rig = await createProject(smallPipeline);
    const plan = await rig.pipe(
      'plan',
      'small.yaml',
      '--now',
      now,
      '--symbols',
      'AAPL',
      '--steps',
      'contracts',
      '--out',
      'plan.json',
    );
    expect(plan.stderr).toBe(
      'no lake in <project>/data yet; the first run creates it\nsaved the plan in plan.json; execute it with: pipe run --plan plan.json\n'.replace(
        '<project>',
        rig.folder,
      ),
    );
    const withOption = await rig.pipe('run', '--plan', 'plan.json', '--symbols', 'BRK B');
    expect(withOption).toMatchObject({ exitCode: 2, stdout: '' });
    expect(withOption.stderr).toBe(
      'pipe: --symbols cannot be combined with --plan, which determines what is fetched\n  plan again: pipe plan small.yaml --symbols … --out plan.json\n',
    );
    const other = await rig.pipe('run', 'other.yaml', '--plan', 'plan.json');
    expect(other).toMatchObject({
      exitCode: 2,
      stderr: 'pipe: plan.json is a plan of small.yaml, not of other.yaml\n  run it with: pipe run --plan plan.json\n',
    });

    const executed = await rig.pipe('run', '--plan', 'plan.json', '--json');
    expect(executed.exitCode, executed.stderr).toBe(0);
    expect(JSON.parse(executed.stdout)).toMatchObject({
      status: 'ok',
      requests: 1,
      tasks: [{ id: 'contracts/AAPL', requests: 1 }],
    });

    const again = await rig.pipe('run', '--plan', 'plan.json');
    expect(again).toMatchObject({ exitCode: 2, stdout: '' });
    expect(again.stderr).toBe(
      'pipe: plan.json is out of date: the lake has changed since\n  plan again: pipe plan small.yaml --out plan.json\n',
    );
  });

  test('is rejected after the pipeline changed', async () => {
    const rig = await createProject(smallPipeline);
    await rig.pipe('plan', 'small.yaml', '--now', now, '--out', 'plan.json');
    await rig.write('small.yaml', smallPipeline.replace('30d', '31d'));
    const moved = await rig.pipe('run', '--plan', 'plan.json');
    expect(moved).toMatchObject({ exitCode: 2, stdout: '' });
    expect(moved.stderr).toBe(
      'pipe: plan.json is out of date: the pipeline has changed since\n  plan again: pipe plan small.yaml --out plan.json\n',
    );
    expect((await rig.files('data')).filter((path) => path.endsWith('.parquet'))).toEqual([]);
  });
});
