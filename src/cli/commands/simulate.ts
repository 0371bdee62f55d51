import type { Command } from 'commander';

import { formatInstant } from '../../core/time/time.js';
import type { Scenario } from '../../config/scenario/scenario.js';
import type { PortProblem } from '../../simulators/simulator-event.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import type { RunAction } from '../run-action.js';
import { loadScenarioOrExit } from '../load-pipeline.js';
import { parseSimulateOptions, parseSimulatorName } from '../options/simulate-options.js';
import type { SimulateFlags, SimulateOptions } from '../options/simulate-options.js';
import { simulators } from '../../app/simulate/start-simulator.js';
import type { RunningSimulator, SimulatorName } from '../../app/simulate/start-simulator.js';
import { formatSimulatorEvent, formatSummary } from '../output/format-simulator-event.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';
import { waitForSignal } from '../../app/signals.js';

export function defineSimulate(command: Command, run: RunAction): void {
  command
    .command('simulate')
    .argument('<provider>', 'provider to simulate: tws or kite')
    .option('--port <number>', 'port to listen on (0 = any) [tws: 7497, kite: 8899]')
    .option('--host <address>', 'address to bind', '127.0.0.1')
    .option('--scenario <file>', 'faults to simulate; see docs/reference/scenarios.md')
    .option('--seed <number>', 'market seed (overrides the scenario)')
    .option('--server-version <number>', 'newest protocol version of tws (157 to 193) [176]')
    .option('--symbols <names>', 'names that tws lists beside its own; any = every name')
    .option('--pacing <mode>', 'enforce limits: strict, documented or off', 'strict')
    .option('--start <instant>', 'initial time of the simulated market (ISO 8601)')
    .option('--speed <factor>', 'clock speed (1 = real time, 0 = frozen) [1]')
    .option('--json', 'print every event as a JSON line')
    .action((name: string, flags: SimulateFlags) => run((ctx) => simulate(parseSimulatorName(name), flags, ctx)));
}

async function simulate(name: SimulatorName, flags: SimulateFlags, ctx: CliContext): Promise<ExitCode> {
  const options = parseSimulateOptions(name, flags);
  const scenario = await resolveScenario(name, options, ctx);
  const signal = waitForSignal();
  const startedAt = ctx.clock.now();
  const printEvent = (document: object): void => ctx.printJsonLine(document);
  const started = await simulators[name]({
    ...options,
    scenario,
    clock: ctx.clock,
    emit(event) {
      if (options.json) printEvent({ ...event, at: formatInstant(event.at) });
      else ctx.info(formatSimulatorEvent(event, event.at - startedAt, ctx.stderrStyle));
    },
  });
  if (!started.ok) throw toPortError(started.error);

  const simulator = started.value;
  const { host } = options;
  if (options.json)
    printEvent({ kind: 'listening', source: name, host, port: simulator.port, scenario: scenario.name });
  else printAddress(simulator, options, scenario, ctx);

  const code = await signal;
  await simulator.close();
  if (options.json) printEvent({ kind: 'stopped', statistics: simulator.statistics() });
  else ctx.print(`${formatSummary(simulator.counts(), ctx.clock.now() - startedAt)}\n`);
  return code;
}

/** The scenario with the overrides of the command line; without a file, one without faults. */
async function resolveScenario(name: SimulatorName, options: SimulateOptions, ctx: CliContext): Promise<Scenario> {
  const scenario =
    options.scenario === null
      ? {
          name: 'no faults',
          source: name,
          market: { seed: 1, volatility: null, basePrices: {} },
          clock: { start: null, speed: 1 },
          rules: [],
        }
      : await loadScenarioOrExit(options.scenario, name, ctx);
  return {
    ...scenario,
    market: { ...scenario.market, seed: options.seed ?? scenario.market.seed },
    clock: { start: options.start ?? scenario.clock.start, speed: options.speed ?? scenario.clock.speed },
  };
}

function printAddress(
  simulator: RunningSimulator,
  { host }: SimulateOptions,
  scenario: Scenario,
  ctx: CliContext,
): void {
  ctx.print(`listening on ${host}:${simulator.port} (${simulator.title}): ${scenario.name}\n`);
  const { start } = scenario.clock;
  const now = start === null ? '' : ` --now ${formatInstant(start)}`;
  ctx.info(`  use it with: ${simulator.environment} pipe run <pipeline>${now}`);
  ctx.info(`  ${simulator.hint}`);
  ctx.info('  stop it with Ctrl-C');
}

function toPortError({ kind, host, port, message }: PortProblem): CliError {
  switch (kind) {
    case 'in-use':
      return new CliError(
        exitCode.usage,
        `port ${port} on ${host} is in use`,
        'stop the program that uses it, or choose another with --port (0 = any free port)',
      );
    case 'not-allowed':
      return new CliError(
        exitCode.usage,
        `no permission to use port ${port} on ${host}`,
        'choose a port of 1024 or more with --port',
      );
    case 'no-such-host':
      return new CliError(exitCode.usage, `this machine has no address ${host}`, 'omit --host to listen on 127.0.0.1');
    case 'other':
      return new CliError(exitCode.usage, `cannot listen on ${host}:${port}: ${message}`);
  }
}
