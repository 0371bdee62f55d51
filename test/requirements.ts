import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program or a data set that some tests need. */
interface Requirement {
  readonly description: string;
  /** The variable that names its path. */
  readonly variable: string;
  /** The locations searched when the variable is not set: paths from the project's folder, or names in PATH. */
  readonly searchLocations: readonly string[];
  /** True if the program may be missing even with `PIPE_REQUIRE_ALL=1`. */
  readonly optional: boolean;
}

const requirements = {
  /** A Python with the packages of `.ci/requirements.txt`. */
  python: {
    description: 'a Python with the packages of .ci/requirements.txt',
    variable: 'PIPE_TEST_PYTHON',
    searchLocations: ['.venv/bin/python'],
    optional: false,
  },
  chromium: {
    description: 'Chromium',
    variable: 'PIPE_TEST_CHROMIUM',
    searchLocations: ['chromium', 'chromium-browser', 'google-chrome'],
    optional: false,
  },
  /** Prometheus, and its tool that checks metrics and alert rules. */
  prometheus: {
    description: 'a Prometheus server',
    variable: 'PIPE_TEST_PROMETHEUS',
    searchLocations: ['prometheus'],
    optional: false,
  },
  promtool: {
    description: 'promtool of Prometheus',
    variable: 'PIPE_TEST_PROMTOOL',
    searchLocations: ['promtool'],
    optional: false,
  },
  /** The folder of the programs of a PostgreSQL server. */
  postgres: {
    description: 'a PostgreSQL server',
    variable: 'PIPE_TEST_POSTGRES',
    searchLocations: ['initdb', ...[18, 17, 16, 15, 14].map((version) => `/usr/lib/postgresql/${version}/bin/initdb`)],
    optional: false,
  },
  influxd: {
    description: 'an InfluxDB 1 server',
    variable: 'PIPE_TEST_INFLUXD',
    searchLocations: ['influxd'],
    optional: false,
  },
  victoriaMetrics: {
    description: 'VictoriaMetrics',
    variable: 'PIPE_TEST_VICTORIA_METRICS',
    searchLocations: ['victoria-metrics'],
    optional: false,
  },
  /** The jar of QuestDB, from Maven Central; `java` runs it. */
  questdb: {
    description: 'the jar of QuestDB (org.questdb:questdb)',
    variable: 'PIPE_TEST_QUESTDB',
    searchLocations: ['/usr/share/java/questdb.jar'],
    optional: true,
  },
  zsh: { description: 'zsh', variable: 'PIPE_TEST_ZSH', searchLocations: ['zsh'], optional: false },
  fish: { description: 'fish', variable: 'PIPE_TEST_FISH', searchLocations: ['fish'], optional: false },
  man: { description: 'man', variable: 'PIPE_TEST_MAN', searchLocations: ['man'], optional: false },
  /** The published OpenLineage schemas. */
  openlineage: {
    description: 'the published OpenLineage schemas',
    variable: 'PIPE_TEST_OPENLINEAGE',
    searchLocations: ['../shared/oracles/openlineage'],
    optional: true,
  },
} as const satisfies Record<string, Requirement>;

/** The names of the requirements. */
export type RequirementName = keyof typeof requirements;

/** The path of a requirement, or the reason why the tests that need it are skipped. */
export type RequirementStatus =
  | { readonly missing: false; readonly path: string }
  | { readonly missing: true; readonly path: ''; readonly reason: string };

/**
 * Searches a requirement, for `describe.skipIf(python.missing)`. With `PIPE_REQUIRE_ALL=1` a missing one is an error instead of
 * a skip, so that CI runs every test.
 */
export function findRequirement(name: RequirementName, env: NodeJS.ProcessEnv = process.env): RequirementStatus {
  const requirement: Requirement = requirements[name];
  const configured = env[requirement.variable] ?? '';
  const path =
    configured === ''
      ? locate(requirement.searchLocations, env['PATH'] ?? '')
      : isAccessible(configured)
        ? configured
        : null;
  if (path !== null) return { missing: false, path };
  const reason =
    configured === ''
      ? `needs ${requirement.description}: set ${requirement.variable} or install ${requirement.searchLocations.join(' or ')}`
      : `needs ${requirement.description}: ${requirement.variable} names ${configured}, which does not exist`;
  if (env['PIPE_REQUIRE_ALL'] === '1' && !requirement.optional) throw new Error(reason);
  return { missing: true, path: '', reason };
}

/** The title of tests with a requirement; if it is missing, the title names what to install. */
export function titled(title: string, found: RequirementStatus): string {
  return found.missing ? `${title} (${found.reason})` : title;
}

function locate(searchLocations: readonly string[], searchPath: string): string | null {
  const project = join(import.meta.dirname, '..');
  const candidates = searchLocations.flatMap((candidate) =>
    candidate.includes('/')
      ? [join(project, candidate)]
      : searchPath
          .split(delimiter)
          .filter((folder) => folder !== '')
          .map((folder) => join(folder, candidate)),
  );
  return candidates.find(isAccessible) ?? null;
}

function isAccessible(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
