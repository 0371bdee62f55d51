import type { Command } from 'commander';

import type { RunAction, RunCommandLine } from './run-action.js';

/** Adds a command to the program. */
export type DefineCommand = (program: Command, run: RunAction, runCommandLine: RunCommandLine) => void;

/** What the list of commands shows of a command, and how its definition is loaded. */
export interface CommandEntry {
  /** Its name and arguments; the arguments are the same as in its definition. */
  readonly usage: string;
  readonly description: string;
  readonly isHidden?: boolean;
  readonly load: () => Promise<DefineCommand>;
}

/** The commands in the order of the help. */
export const commandEntries: readonly CommandEntry[] = [
  {
    usage: 'init [file]',
    description: 'Write a pipeline with comments, and the files of a project',
    load: async () => (await import('./commands/init/init.js')).defineInit,
  },
  {
    usage: 'lint [pipelines...]',
    description: 'Check pipelines and show every error with its line',
    load: async () => (await import('./commands/lint.js')).defineLint,
  },
  {
    usage: 'plan [pipeline]',
    description: 'Show what would be fetched and why; sends and writes nothing',
    load: async () => (await import('./commands/plan.js')).definePlan,
  },
  {
    usage: 'run [pipeline]',
    description: 'Fetch what is missing, store it and write the report',
    load: async () => (await import('./commands/run.js')).defineRun,
  },
  {
    usage: 'add <symbol>',
    description: 'Add a symbol to a pipeline, fetch its data and validate it',
    load: async () => (await import('./commands/care/add.js')).defineAdd,
  },
  {
    usage: 'remove <symbol>',
    description: 'Remove a symbol from a pipeline; its data stay in the lake',
    load: async () => (await import('./commands/care/add.js')).defineRemove,
  },
  {
    usage: 'serve [pipelines...]',
    description: 'Run pipelines on schedule until stopped',
    load: async () => (await import('./commands/serve.js')).defineServe,
  },
  {
    usage: 'ui [pipelines...]',
    description: 'Show the lake, its runs and plans in a browser',
    load: async () => (await import('./commands/ui.js')).defineUi,
  },
  {
    usage: 'schedule [pipelines...]',
    description: 'Show next due times; install system schedules',
    load: async () => (await import('./commands/schedule.js')).defineSchedule,
  },
  {
    usage: 'lineage [symbol]',
    description: 'Show the run, request and provider that data came from',
    load: async () => (await import('./commands/lineage.js')).defineLineage,
  },
  {
    usage: 'why <value...>',
    description: 'Explain one value: its request, what it replaced, or why it is missing',
    load: async () => (await import('./commands/proof/why.js')).defineWhy,
  },
  {
    usage: 'diff <symbol>',
    description: 'Compare two versions of a table, per window and column',
    load: async () => (await import('./commands/proof/diff.js')).defineDiff,
  },
  {
    usage: 'status [pipeline]',
    description: 'Show tables, open windows, the last runs, the collector and locks',
    load: async () => (await import('./commands/status.js')).defineStatus,
  },
  {
    usage: 'query <sql>',
    description: 'Run one read-only SQL statement (DuckDB) on the lake',
    load: async () => (await import('./commands/query.js')).defineQuery,
  },
  {
    usage: 'tail <table>',
    description: 'Print the rows of commits: the last one, or those that come',
    load: async () => (await import('./commands/copies/tail.js')).defineTail,
  },
  {
    usage: 'export [table]',
    description: 'Write a table, a symbol or the result of a statement to a file',
    load: async () => (await import('./commands/copies/export.js')).defineExport,
  },
  {
    usage: 'sink',
    description: 'Set up, compare and repair the copies in other systems',
    load: async () => (await import('./commands/copies/sink.js')).defineSink,
  },
  {
    usage: 'chain <symbol>',
    description: 'Show an option chain with volatility and Greeks',
    load: async () => (await import('./commands/chain.js')).defineChain,
  },
  {
    usage: 'iv <symbol>',
    description: 'Show implied-volatility history, quartiles and rank',
    load: async () => (await import('./commands/iv.js')).defineIv,
  },
  {
    usage: 'alerts',
    description: 'List open alerts; test channels; evaluate schedule and staleness',
    load: async () => (await import('./commands/alerts.js')).defineAlerts,
  },
  {
    usage: 'report [run]',
    description: 'Show the report of a run',
    load: async () => (await import('./commands/report.js')).defineReport,
  },
  {
    usage: 'certify [symbol]',
    description: 'Sign what the lake holds of a symbol, or verify such a certificate',
    load: async () => (await import('./commands/proof/certify.js')).defineCertify,
  },
  {
    usage: 'validate [symbols...]',
    description: 'Validate symbols: contracts, chain, equity, options, integrity',
    load: async () => (await import('./commands/proof/validate.js')).defineValidate,
  },
  {
    usage: 'backup <folder>',
    description: 'Back up the lake and the run records, also during runs',
    load: async () => (await import('./commands/care/backup.js')).defineBackup,
  },
  {
    usage: 'restore <from> <to>',
    description: 'Restore a backup into a new folder, with every byte verified',
    load: async () => (await import('./commands/care/restore.js')).defineRestore,
  },
  {
    usage: 'archive',
    description: 'Move old months to another folder, where all commands still read them',
    load: async () => (await import('./commands/care/archive.js')).defineArchive,
  },
  {
    usage: 'check',
    description: 'Verify logs, checksums, coverage and data-quality rules',
    load: async () => (await import('./commands/check.js')).defineCheck,
  },
  {
    usage: 'maintain',
    description: 'Merge small files, remove superseded ones, compress run records',
    load: async () => (await import('./commands/maintain.js')).defineMaintain,
  },
  {
    usage: 'simulate <provider>',
    description: 'Run a local simulator of a provider (no account needed)',
    load: async () => (await import('./commands/simulate.js')).defineSimulate,
  },
  {
    usage: 'doctor [target]',
    description: 'Check connectivity and permissions of a provider',
    load: async () => (await import('./commands/doctor.js')).defineDoctor,
  },
  {
    usage: 'mcp',
    description: 'Answer questions of an assistant about the lake; reads only',
    load: async () => (await import('./mcp/define-mcp.js')).defineMcp,
  },
  {
    usage: 'login <provider>',
    description: 'Log in to a provider and save its token for the runs of the day',
    load: async () => (await import('./commands/login.js')).defineLogin,
  },
  {
    usage: 'completion <shell>',
    description: 'Print the completion script of a shell',
    load: async () => (await import('./commands/completion.js')).defineCompletion,
  },
  {
    usage: 'man [command]',
    description: 'Print the manual page of a command: pipe man run | man -l -',
    load: async () => (await import('./commands/completion.js')).defineMan,
  },
  {
    usage: 'complete [words...]',
    description: 'Print what the last word of a command line can be',
    isHidden: true,
    load: async () => (await import('./commands/completion.js')).defineComplete,
  },
  {
    usage: 'calendar <exchange>',
    description: 'List the sessions of an exchange with opens and closes',
    load: async () => (await import('./commands/calendar.js')).defineCalendar,
  },
];

export function getCommandName({ usage }: CommandEntry): string {
  return usage.split(' ')[0] ?? usage;
}

/**
 * The entries whose definitions a command line needs: those that it names, and all of them to complete words and to print
 * manual pages. Loading all takes longer than a plan, and the list of commands needs none.
 */
export function selectEntries(argv: readonly string[]): ReadonlySet<CommandEntry> {
  const named = commandEntries.filter((entry) => argv.includes(getCommandName(entry)));
  return new Set(named.some((entry) => ['complete', 'man'].includes(getCommandName(entry))) ? commandEntries : named);
}
