import type { Command } from 'commander';

import { isoInstant } from '../core/time.js';
import type { Scenario } from '../scenario/scenario.js';
import type { PortProblem } from '../simulators/events.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import type { RunAction } from './run-action.js';
import { scenarioOrStop } from './scenario-file.js';
import { simulateOptions, simulated } from './simulate-options.js';
import type { SimulateFlags, SimulateOptions, Simulated } from './simulate-options.js';
import { startSimulated } from './simulate-source.js';
import type { Playing } from './simulate-source.js';
import { simulatorLine, summaryLine } from './simulate-words.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';
import { untilSignal } from './until-signal.js';

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
    .action((source: string, flags: SimulateFlags) => run((at) => simulate(simulated(source), flags, at)));
}

async function simulate(source: Simulated, flags: SimulateFlags, at: Surroundings): Promise<ExitCode> {
  const options = simulateOptions(source, flags);
  const scenario = await scenarioFor(source, options, at);
  const signal = untilSignal();
  const startedAt = at.clock.now();
  const tell = (document: object): void => at.answer(`${JSON.stringify(document)}\n`);
  const started = await startSimulated[source]({
    options,
    scenario,
    clock: at.clock,
    emit(event) {
      if (options.json) tell({ ...event, at: isoInstant(event.at) });
      else at.note(simulatorLine(event, event.at - startedAt, at.notePaint));
    },
  });
  if (!started.ok) throw portStop(started.error);

  const playing = started.value;
  const { host } = options;
  if (options.json) tell({ kind: 'listening', source, host, port: playing.port, scenario: scenario.name });
  else greet(playing, options, scenario, at);

  const code = await signal;
  await playing.close();
  if (options.json) tell({ kind: 'stopped', statistics: playing.statistics() });
  else at.answer(`${summaryLine(playing.counts(), at.clock.now() - startedAt)}\n`);
  return code;
}

/** What is played: the scenario with what the command line says instead, or a day on which nothing goes wrong. */
async function scenarioFor(source: Simulated, options: SimulateOptions, at: Surroundings): Promise<Scenario> {
  const written =
    options.scenario === null
      ? {
          name: 'nothing goes wrong',
          source,
          market: { seed: 1, volatility: null, basePrices: {} },
          clock: { start: null, speed: 1 },
          rules: [],
        }
      : await scenarioOrStop(options.scenario, source, at);
  return {
    ...written,
    market: { ...written.market, seed: options.seed ?? written.market.seed },
    clock: { start: options.start ?? written.clock.start, speed: options.speed ?? written.clock.speed },
  };
}

function greet(playing: Playing, { host }: SimulateOptions, scenario: Scenario, at: Surroundings): void {
  at.answer(`listening on ${host}:${playing.port} (${playing.title}): ${scenario.name}\n`);
  const { start } = scenario.clock;
  const now = start === null ? '' : ` --now ${isoInstant(start)}`;
  at.note(`  reach it with: ${playing.environment} pipe run <pipeline>${now}`);
  at.note(`  ${playing.more}`);
  at.note('  Ctrl-C stops it');
}

function portStop({ kind, host, port, message }: PortProblem): Stop {
  switch (kind) {
    case 'in-use':
      return new Stop(
        exitCode.usage,
        `port ${port} of ${host} is taken`,
        'end what listens there, or choose another with --port (0 takes any that is free)',
      );
    case 'not-allowed':
      return new Stop(exitCode.usage, `port ${port} of ${host} may not be used`, 'choose one from 1024 up with --port');
    case 'no-such-host':
      return new Stop(exitCode.usage, `this machine has no address ${host}`, 'leave out --host to listen at 127.0.0.1');
    case 'other':
      return new Stop(exitCode.usage, `cannot listen on ${host}:${port}: ${message}`);
  }
}
