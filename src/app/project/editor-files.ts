import { dirname } from 'node:path';

import type { TemplateProvider } from '../../config/pipeline/template/choices.js';
import type { ProjectFacts } from './project-facts.js';

type Task = Readonly<Record<string, unknown>>;

/** The task that answers in place of the provider during a smoke test, and the variables that lead to it. */
const simulators: Readonly<
  Record<
    TemplateProvider,
    { readonly words: readonly string[]; readonly variables: Readonly<Record<string, string>> } | null
  >
> = {
  mock: null,
  synthetic: null,
  ib: {
    words: ['tws', '--port', '7597', '--symbols', 'any'],
    variables: { IB_HOST: '127.0.0.1', IB_PORT: '7597' },
  },
  kite: {
    words: ['kite'],
    variables: {
      KITE_BASE_URL: 'http://127.0.0.1:8899',
      KITE_API_KEY: 'simulated',
      KITE_ACCESS_TOKEN: 'simulated-token',
    },
  },
};

const smokeLabel = 'Smoke: Start Simulator';
const serveLabel = 'pipe: Serve';
const monitoringLabel = 'Observability: Prometheus and Grafana';

/** Renders the settings by which the YAML extension recognizes pipelines. */
export function renderSettings({ schema }: ProjectFacts): string {
  const files = ['pipelines/*.yaml', 'pipelines/*.yml', '*.pipe.yaml', '*.pipe.yml'];
  return toJson({ 'yaml.schemas': { [schema]: files }, 'files.associations': { '*.pipe.yaml': 'yaml' } });
}

/** Renders the tasks of the editor: Terminal → Run Task. */
export function renderTasks({ file, provider, program, packageFolder }: ProjectFacts): string {
  const simulator = simulators[provider];
  const [command = 'pipe', ...words] = program;
  const pipe = (label: string, args: readonly string[], more: Task = {}): Task => ({
    label,
    type: 'shell',
    command,
    // The editor quotes them for the shell of the user.
    args: [...words, ...args],
    problemMatcher: [],
    ...more,
  });
  const smoke = pipe('Smoke: Run', ['run', file, '--data', 'data-smoke', '--lineage', 'lineage-smoke'], {
    detail: 'Run the pipeline against the simulator, into a lake that is not the real one',
    ...(simulator === null ? {} : { options: { env: simulator.variables }, dependsOn: smokeLabel }),
  });
  const start =
    simulator === null
      ? []
      : [
          pipe(smokeLabel, ['simulate', ...simulator.words], {
            detail: 'Answer in place of the provider, with its protocol and limits; no account is needed',
            isBackground: true,
            problemMatcher: background('^listening'),
          }),
        ];
  // The embedded markets need no simulator: the run itself is the smoke test.
  const smokes = simulator === null ? [{ ...smoke, label: smokeLabel }] : [...start, smoke];
  const tasks: readonly Task[] = [
    ...smokes,
    pipe('pipe: Init Menu', ['init', 'pipelines/new.yaml'], {
      detail: 'Ask for source, symbols and schedule, and write another pipeline',
    }),
    pipe('pipe: Plan', ['plan', file], { detail: 'Show what would be fetched, and why; sends nothing' }),
    pipe('pipe: Run', ['run', file], {
      detail: 'Fetch what is missing',
      group: { kind: 'build', isDefault: true },
    }),
    pipe(serveLabel, ['serve', dirname(file)], {
      detail: 'Run every pipeline on schedule; page and metrics on http://127.0.0.1:9108',
      isBackground: true,
      problemMatcher: background('.'),
    }),
    {
      label: monitoringLabel,
      type: 'shell',
      command: 'docker',
      args: ['compose', '--file', `${packageFolder}/deploy/monitoring.yaml`, 'up'],
      detail: 'Prometheus with alert rules on port 9090, Grafana with the dashboard on port 3000',
      isBackground: true,
      problemMatcher: background('.'),
    },
    {
      label: 'Observability: Start baseline',
      detail: 'The collector with its metrics, Prometheus and Grafana',
      dependsOn: [serveLabel, monitoringLabel],
      dependsOrder: 'parallel',
      problemMatcher: [],
    },
  ];
  return toJson({ version: '2.0.0', tasks });
}

/** The editor starts the next task once a line of a task in the background matches. */
function background(line: string): Task {
  return { pattern: { regexp: '^$' }, background: { activeOnStart: true, beginsPattern: line, endsPattern: line } };
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
