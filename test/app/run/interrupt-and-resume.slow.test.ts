import { describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig, RunningCall } from '../../rig.js';
import { listRequestingTasks, now, runPlan, smallPipeline } from '../../fixtures/project.js';

/** Answers slowly, two at a time, so that there is a while in which it can be disturbed. */
const slow = smallPipeline.replace(
  'provider: mock\n',
  'provider: mock\nproviders: { mock: { delay: 3s } }\npacing: { concurrency: 2 }\n',
);
/** Asks nothing before there is a file `go`. */
const held = `${smallPipeline}hooks: { before_run: [{ command: [sh, -c, 'until [ -e go ]; do sleep 0.1; done'], required: true, timeout: 1d }] }\n`;
/** Never answers within a test. */
const stuck = smallPipeline.replace('provider: mock\n', 'provider: mock\nproviders: { mock: { delay: 1d } }\n');

const run = ['run', 'small.yaml', '--now', now];
const wholeRun = 2 + 2 + 2 + 2 * 6;

async function project(text: string): Promise<Rig> {
  const rig = await createRig();
  await rig.write('small.yaml', text);
  return rig;
}

/** Starts a run and waits until its answers begin to come. */
async function underWay(rig: Rig, ...args: readonly string[]): Promise<RunningCall> {
  const call = rig.spawn(...run, '--record-calls', 'calls.ndjson', '--debug', ...args);
  await call.waitForOutput('"type":"request-completed"');
  return call;
}

async function asked(rig: Rig): Promise<readonly string[]> {
  const lines = (await rig.read('calls.ndjson')).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { event: string; series: string })
    .filter(({ event }) => event === 'requested')
    .map(({ series }) => series);
}

describe('two runs of one pipeline', () => {
  test('the second leaves and names the first, or waits for it; reading goes on meanwhile', async () => {
    const rig = await project(held);
    const first = rig.spawn(...run, '--record-calls', 'calls.ndjson', '--debug');
    await first.waitForOutput('"type":"run-started"');
    const holder = `another run of small is going: process ${String(first.pid)} on `;

    const second = await rig.pipe(...run);
    expect(second).toMatchObject({ exitCode: 11, stdout: '' });
    expect(second.stderr.startsWith(`pipe: ${holder}`)).toBe(true);
    expect(second.stderr).toMatch(/\(pipe run small\.yaml .*\)\n {2}wait for it with --wait, or see: pipe status\n$/);

    const impatient = await rig.pipe(...run, '--wait', '10ms');
    expect(impatient.exitCode).toBe(11);

    const waiting = rig.spawn(...run, '--wait');
    await waiting.waitForOutput(holder);
    const reading = await Promise.all([
      rig.pipe('plan', 'small.yaml', '--now', now),
      rig.pipe('status', '--now', now),
      rig.pipe('query', 'SELECT count(*) FROM equity_bars'),
      rig.pipe('lineage', 'AAPL'),
    ]);
    expect(reading.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(reading[1].stdout).toMatch(
      /^The lake in .* is empty\.\n\n[^]*small +running[^]*\n {2}locked {2}small by process \d+ on /,
    );

    await rig.write('go', '');
    expect(await first.result).toMatchObject({ exitCode: 0 });
    const waited = await waiting.result;
    expect(waited.exitCode).toBe(0);
    expect(waited.stderr).toMatch(/; waiting for its end\n/);
    expect(waited.stdout).toContain('small  nothing to fetch  the lake holds everything that the pipeline asks for');
    expect(await asked(rig)).toHaveLength(wholeRun);
  });

  test('a lock whose holder was killed is taken over', async () => {
    const rig = await project(stuck);
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

test('two pipelines fill one lake at the same time, and both are complete', async () => {
  const rig = await project(smallPipeline.replace('name: small', 'name: one'));
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

describe('a run that is stopped', () => {
  test.concurrent.for<readonly [NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('by %s stores what was under way, and the next asks for the rest only', async ([signal, exitCode]) => {
    const rig = await project(slow);
    const call = await underWay(rig, '--json');
    call.kill(signal);
    const stopped = await call.result;
    expect(stopped.exitCode).toBe(exitCode);
    const document = JSON.parse(stopped.stdout) as { status: string; requests: number };
    expect(document.status).toBe('cancelled');
    const before = await asked(rig);
    expect(before.length).toBeLessThan(wholeRun);
    // Everything that was asked was also answered, and is stored.
    expect(document.requests).toBe(before.length);

    const plan = await runPlan(rig);
    expect(plan.requests + plan.estimatedRequests).toBeGreaterThan(0);
    const report = await rig.pipe('report');
    expect(report.stdout).toMatch(/^small {2}interrupted /);
    expect(report.stdout).toContain('go on    pipe run small.yaml');
    const rest = await rig.pipe(...run, '--record-calls', 'calls.ndjson');
    expect(rest.exitCode, rest.stderr).toBe(0);
    const all = await asked(rig);
    expect(all).toHaveLength(wholeRun);
    expect(new Set(all).size).toBe(wholeRun);
    expect(listRequestingTasks(await runPlan(rig))).toEqual([]);
  });

  test('twice ends at once, and what had arrived is not asked for again', async () => {
    const rig = await project(
      stuck.replace('1d', '3s').replace('provider: mock\n', 'provider: mock\npacing: { concurrency: 1 }\n'),
    );
    const call = await underWay(rig);
    call.kill('SIGINT');
    await call.waitForOutput('stopping: what is under way may still end; press Ctrl-C again to stop at once');
    call.kill('SIGINT');
    const { exitCode } = await call.result;
    expect(exitCode).toBe(130);
    await rig.write('small.yaml', smallPipeline);
    const next = await rig.pipe(...run, '--record-calls', 'calls.ndjson');
    expect(next.exitCode, next.stderr).toBe(0);
    const all = await asked(rig);
    // At most the one request that was under way has been asked twice.
    expect(all.length - wholeRun).toBeLessThanOrEqual(1);
  });

  test('by kill -9 loses nothing that had arrived: it is committed before anything is planned', async () => {
    const rig = await project(slow);
    const call = await underWay(rig);
    call.kill('SIGKILL');
    await call.result;
    await rig.write('small.yaml', smallPipeline);
    const next = await rig.pipe(...run, '--record-calls', 'calls.ndjson');
    expect(next.exitCode).toBe(0);
    expect(next.stderr).toMatch(/^recovered \d+ answers? with [\d,]+ rows? that 1 interrupted run had received\n/);
    const all = await asked(rig);
    expect(all.length - wholeRun).toBeLessThanOrEqual(2);
    expect((await rig.files('data')).filter((path) => /^(_spool|_writing)\//.test(path))).toEqual([]);
  });
});

describe('a plan that was kept', () => {
  test('is executed as it is, by the pipeline it is of', async () => {
    const rig = await project(smallPipeline);
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
      'there is no lake in <project>/data yet; the first run makes it\nthe plan is in plan.json; execute it with: pipe run --plan plan.json\n'.replace(
        '<project>',
        rig.folder,
      ),
    );
    const beside = await rig.pipe('run', '--plan', 'plan.json', '--symbols', 'BRK B');
    expect(beside).toMatchObject({ exitCode: 2, stdout: '' });
    expect(beside.stderr).toBe(
      'pipe: --symbols cannot be combined with --plan, which says what is fetched\n  plan again: pipe plan small.yaml --symbols … --out plan.json\n',
    );
    const other = await rig.pipe('run', 'other.yaml', '--plan', 'plan.json');
    expect(other).toMatchObject({
      exitCode: 2,
      stderr: 'pipe: plan.json is a plan of small.yaml, not of other.yaml\n  pipe run --plan plan.json\n',
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
      'pipe: plan.json is out of date: the lake has moved since it was made\n  plan again: pipe plan small.yaml --out plan.json\n',
    );
  });

  test('is refused once the pipeline says something else', async () => {
    const rig = await project(smallPipeline);
    await rig.pipe('plan', 'small.yaml', '--now', now, '--out', 'plan.json');
    await rig.write('small.yaml', smallPipeline.replace('30d', '31d'));
    const moved = await rig.pipe('run', '--plan', 'plan.json');
    expect(moved).toMatchObject({ exitCode: 2, stdout: '' });
    expect(moved.stderr).toBe(
      'pipe: plan.json is out of date: the pipeline has changed since it was made\n  plan again: pipe plan small.yaml --out plan.json\n',
    );
    expect((await rig.files('data')).filter((path) => path.endsWith('.parquet'))).toEqual([]);
  });
});
