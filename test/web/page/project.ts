import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

import { addDays, formatInstant, hour, toUtcDate } from '../../../src/core/time/time.js';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { createRig } from '../../rig.js';
import type { Rig, RunningCall } from '../../rig.js';
import { token } from './chromium.js';

/** Where the rows of a project come from: inside the process, or over the wire from a simulated gateway. */
export type PageSource = 'mock' | 'gateway';

/** A lake with a running server that shows it. */
export interface ShownProject {
  readonly rig: Rig;
  readonly server: RunningCall;
  readonly address: string;
}

/** A text of a provider that a page must not execute. */
export const evil = `<img src=x onerror="window.hacked=1">`;
const denial = `No market data permissions ${evil}`;

/** The symbols of the slow pipeline; no other pipeline requests them. */
const slowSymbols = ['NVDA', 'AMZN', 'META', 'GOOGL', 'NFLX', 'AVGO', 'ORCL', 'CRM'];

/** An hour before the close of the last session that has finished: the same part of a session at every hour of the day. */
function findFinishedTime(): string {
  const now = Date.now();
  const sessions = requireCalendar('XNYS').sessions(addDays(toUtcDate(now), -14), addDays(toUtcDate(now), 1));
  const last = sessions.findLast(({ close }) => close < now);
  if (last === undefined) throw new Error('the calendar has no session of the last two weeks');
  return formatInstant(last.close - hour);
}

/** Creates a lake with options, a denied symbol and a pipeline that is slow, and starts a server that shows it. */
export async function showProject(command: 'ui' | 'serve', source: PageSource): Promise<ShownProject> {
  const rig = await createRig();
  await writePipelines(rig, source);
  const finished = findFinishedTime();
  const before = source === 'gateway' ? await startGateway(rig, '--start', finished) : null;
  const filled = await rig.pipe('run', 'pipelines/volatility.yaml', '--now', finished, { env: before?.env ?? {} });
  expect(filled.exitCode, filled.stderr).toBe(0);
  before?.call.kill('SIGTERM');
  const gateway = source === 'gateway' ? await startGateway(rig, '--scenario', 'gateway.yaml') : null;
  const env = { PIPE_WEB_TOKEN: token, ...gateway?.env };
  const denied = await rig.pipe('run', 'pipelines/gaps.yaml', { env });
  expect(denied.exitCode, denied.stderr).toBe(3);
  const server = rig.spawn(command, '--port', '0', { env });
  await server.waitForOutput(/page at http\S+/);
  const address = /page at (http:\/\/[\d.:]+)/.exec(server.stdout() + server.stderr())?.[1] ?? '';
  return { rig, server, address };
}

async function startGateway(
  rig: Rig,
  ...words: readonly string[]
): Promise<{ readonly call: RunningCall; readonly env: { readonly IB_PORT: string } }> {
  const call = rig.spawn('simulate', 'tws', '--port', '0', '--json', ...words, { timeout: 3_600_000 });
  await call.waitForOutput(/"port":\d+/);
  return { call, env: { IB_PORT: /"port":(\d+)/.exec(call.stdout())?.[1] ?? '' } };
}

async function writePipelines(rig: Rig, source: PageSource): Promise<void> {
  const example = await readFile(join(import.meta.dirname, '../../../pipelines/volatility.yaml'), 'utf8');
  // A schedule would start runs at some hours of the day.
  const volatility = example.replace(/^schedule:.*\n/m, '');
  const provider = source === 'gateway' ? 'ib' : 'synthetic';
  // Without pacing, a repeated request need not wait 15 seconds.
  const settings =
    source === 'gateway'
      ? 'pacing: { budgets: [{ name: at-once, kind: open, limit: 4 }] }\n'
      : 'providers:\n  synthetic: { scenario: scenarios/gaps.yaml }\n';
  await rig.write(
    'pipelines/volatility.yaml',
    source === 'gateway' ? volatility.replace('provider: mock', 'provider: ib') : volatility,
  );
  await rig.write(
    'pipelines/gaps.yaml',
    `name: gaps\ndescription: '${evil}'\nprovider: ${provider}\nretry: { attempts: 1 }\n${settings}symbols: [AAPL, MSFT, TSLA]\nsteps:\n  contracts: {}\n  equity: { needs: contracts, lookback: 30 sessions }\n`,
  );
  await rig.write(
    'pipelines/scenarios/gaps.yaml',
    `name: gaps\nsource: synthetic\nrules:\n  - when: { request: equity_bars, symbol: TSLA }\n    do: { failure: denied, message: '${denial}' }\n`,
  );
  await rig.write(
    'gateway.yaml',
    `name: gateway\nsource: tws\nrules:\n  - when: { request: historical, symbol: TSLA }\n    do: { error: 162, message: '${denial}' }\n  - when: { request: [contract-details, historical], symbol: [${slowSymbols.join(', ')}] }\n    do: { delay: 700ms }\n`,
  );
  await rig.write('pipelines/slow.yaml', slowPipeline('slow', source));
  // A collector needs a schedule; this one is due on the next 29 February.
  await rig.write(
    'pipelines/leap.yaml',
    `name: leap\nprovider: mock\nschedule: { cron: '0 0 29 2 *', catch_up: none }\nsymbols: [SPY]\nsteps: { contracts: {} }\n`,
  );
}

/** A pipeline whose every response takes 0.7 seconds. */
export function slowPipeline(name: string, source: PageSource, more = ''): string {
  const provider =
    source === 'gateway'
      ? 'provider: ib\npacing: { concurrency: 1, budgets: [{ name: at-once, kind: open, limit: 1 }] }\n'
      : 'provider: mock\nproviders:\n  mock: { delay: 700ms }\npacing: { concurrency: 1 }\n';
  return `name: ${name}\n${provider}${more}symbols: [${slowSymbols.join(', ')}]\nsteps:\n  contracts: { refresh: 0s }\n  equity: { needs: contracts, lookback: 30 sessions }\n`;
}
