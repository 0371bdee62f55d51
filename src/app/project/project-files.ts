import type { TemplateProvider } from '../../config/pipeline/template/choices.js';
import { renderSettings, renderTasks } from './editor-files.js';
import type { ProjectFacts } from './project-facts.js';

/** Returns the files that a project has beside its pipelines, by path. */
export function renderProjectFiles(facts: ProjectFacts): ReadonlyMap<string, string> {
  return new Map([
    ['.vscode/tasks.json', renderTasks(facts)],
    ['.vscode/settings.json', renderSettings(facts)],
    ['.vscode/extensions.json', `${JSON.stringify({ recommendations: ['redhat.vscode-yaml'] }, null, 2)}\n`],
    ['.env.example', renderEnvironment(facts.provider)],
    ['.gitignore', ignoredFiles],
  ]);
}

const ignoredFiles = `# What runs write.
/data/
/data-smoke/
/lineage/
/lineage-smoke/
/logs/
/panels/
# Credentials.
.env
node_modules/
`;

const environments: Readonly<Record<TemplateProvider, string>> = {
  mock: '',
  synthetic: '',
  ib: `
# Address of TWS or IB Gateway; these precede the settings of the pipeline.
# TWS: 7496 live, 7497 paper; IB Gateway: 4001 live, 4002 paper.
#IB_HOST=127.0.0.1
#IB_PORT=7497
#IB_CLIENT_ID=17
`,
  kite: `
# The app of Zerodha Kite. pipe login kite saves the token of the day itself.
KITE_API_KEY=
KITE_API_SECRET=
`,
};

function renderEnvironment(provider: TemplateProvider): string {
  return `# Copy this file to .env and fill it in. Git ignores .env.
# Use it in a shell: set -a; . ./.env; set +a
# Use it in scheduled runs: pipe schedule install --environment .env
${environments[provider]}
# Folders of the lake and of the run records.
#PIPE_DATA=data
#PIPE_LINEAGE=lineage

# The channel of alerts; without it, the channel is disabled with a warning.
#SLACK_WEBHOOK=

# Databases that receive copies: sinks of kind postgres and influx.
#PG_URL=postgres://pipe:password@localhost:5432/market
#INFLUX_TOKEN=
`;
}
