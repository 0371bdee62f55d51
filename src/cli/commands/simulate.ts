import type { Command } from 'commander';

import { formatInstant } from '../../core/time/time.js';
import type { Scenario } from '../../config/scenario/scenario.js';
import type { PortProblem } from '../../simulators/simulator-event.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import type { RunAction } from '../run-action.js';
import { loadScenarioOrExit } from '../../app/pipeline/load-scenario.js';
import { parseSimulateOptions, parseSimulatorName } from '../options/simulate-options.js';
import type { SimulateFlags, SimulateOptions, SimulatorName } from '../options/simulate-options.js';
import { simulators } from '../../app/simulate/start-simulator.js';
import type { RunningSimulator } from '../../app/simulate/start-simulator.js';
import { formatSimulatorEvent, formatSummary } from '../output/format-simulator-event.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../../app/cli-context.js';
import { waitForSignal } from '../../app/until-signal.js';

export function defineSimulate(command: Command, run: RunAction): void {
  command
    .command('simulate')
    .description('Play a source on this machine, to try a pipeline without an account')
    .argument('<source>', 'who is played: tws (Interactive Brokers) or kite (Zerodha)')
    .option('--port <number>', 'where to listen (7497 for tws, 8899 for kite; 0 for any)')
    .option('--host <address>', 'the address to listen at', '127.0.0.1')
    .option('--scenario <file>', 'what goes wrong, and when; see docs/scenarios.md')
    .option('--seed <number>', "another market, instead of the scenario's")
    .option('--server-version <number>', 'tws: the newest protocol it speaks (176; 157 to 193)')
    .option('--pacing <mode>', 'hold clients to limits: strict, documented or off', 'strict')
    .option('--start <instant>', 'what time it is in the market at first (ISO 8601)')
    .option('--speed <factor>', 'how fast that time runs (1; 0 stands still)')
    .option('--json', 'every event as a JSON line on stdout')
    .action((source: string, flags: SimulateFlags) => run((ctx) => simulate(parseSimulatorName(source), flags, ctx)));
}

async function simulate(source: SimulatorName, flags: SimulateFlags, at: CliContext): Promise<ExitCode> {
  const options = parseSimulateOptions(source, flags);
  const scenario = await resolveScenario(source, options, at);
  const signal = waitForSignal();
  const startedAt = at.clock.now();
  const printEvent = (document: object): void => at.print(`${JSON.stringify(document)}\n`);
  const started = await simulators[source]({
    options,
    scenario,
    clock: at.clock,
    emit(event) {
      if (options.json) printEvent({ ...event, at: formatInstant(event.at) });
      else at.info(formatSimulatorEvent(event, event.at - startedAt, at.stderrStyle));
    },
  });
  if (!started.ok) throw toPortError(started.error);

  const simulator = started.value;
  const { host } = options;
  if (options.json) printEvent({ kind: 'listening', source, host, port: simulator.port, scenario: scenario.name });
  else printGreeting(simulator, options, scenario, at);

  const code = await signal;
  await simulator.close();
  if (options.json) printEvent({ kind: 'stopped', statistics: simulator.statistics() });
  else at.print(`${formatSummary(simulator.counts(), at.clock.now() - startedAt)}\n`);
  return code;
}

/** What is played: the scenario with what the command line says instead, or a day on which nothing goes wrong. */
async function resolveScenario(source: SimulatorName, options: SimulateOptions, ctx: CliContext): Promise<Scenario> {
  const written =
    options.scenario === null
      ? {
          name: 'nothing goes wrong',
          source,
          market: { seed: 1, volatility: null, basePrices: {} },
          clock: { start: null, speed: 1 },
          rules: [],
        }
      : await loadScenarioOrExit(options.scenario, source, ctx);
  return {
    ...written,
    market: { ...written.market, seed: options.seed ?? written.market.seed },
    clock: { start: options.start ?? written.clock.start, speed: options.speed ?? written.clock.speed },
  };
}

function printGreeting(
  simulator: RunningSimulator,
  { host }: SimulateOptions,
  scenario: Scenario,
  ctx: CliContext,
): void {
  ctx.print(`listening on ${host}:${simulator.port} (${simulator.title}): ${scenario.name}\n`);
  const { start } = scenario.clock;
  const now = start === null ? '' : ` --now ${formatInstant(start)}`;
  ctx.info(`  reach it with: ${simulator.environment} pipe run <pipeline>${now}`);
  ctx.info(`  ${simulator.hint}`);
  ctx.info('  Ctrl-C stops it');
}

function toPortError({ kind, host, port, message }: PortProblem): CliError {
  switch (kind) {
    case 'in-use':
      return new CliError(
        exitCode.usage,
        `port ${port} of ${host} is taken`,
        'end what listens there, or choose another with --port (0 takes any that is free)',
      );
    case 'not-allowed':
      return new CliError(
        exitCode.usage,
        `port ${port} of ${host} may not be used`,
        'choose one from 1024 up with --port',
      );
    case 'no-such-host':
      return new CliError(
        exitCode.usage,
        `this machine has no address ${host}`,
        'leave out --host to listen at 127.0.0.1',
      );
    case 'other':
      return new CliError(exitCode.usage, `cannot listen on ${host}:${port}: ${message}`);
  }
}
