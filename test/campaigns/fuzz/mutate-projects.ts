import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Dice, Files } from './rounds.js';
import { encodeText, mutateText, swapSettingValue, collectVocabulary } from './mutate-text.js';

const root = join(import.meta.dirname, '../../..');

/** A pipeline that uses every setting. */
const fullPipeline = `name: everything
description: all there is
provider: mock
calendar: XNYS
include: base.yaml
schedule: { cron: '30 17 * * 1-5', timezone: America/New_York }
defaults:
  symbols: { exchange: NYSE, currency: USD }
  steps: { price_type: TRADES, hours: rth }
symbols:
  - AAPL
  - { symbol: SPY, kind: etf, priority: 1 }
  - { file: symbols.csv, steps: [equity] }
groups:
  india: { exchange: NSE, symbols: [M&M, { symbol: NIFTY 50, kind: index }] }
steps:
  contracts: { refresh: 7d }
  chains: { needs: contracts, refresh: 1d }
  quotes: { needs: contracts }
  history: { needs: contracts }
  equity: { needs: [contracts, history], bar_size: [1 day, 30 mins], lookback: 30d }
  options: { needs: [chains, equity], bar_size: 1 hour, lookback: 2 sessions, strikes: 1, expiries: 1 }
  snapshots: { needs: [chains, quotes], expiries: 1, strikes: 2 }
  overview: { needs: [snapshots] }
  best: { uses: sql, needs: equity, query: 'SELECT symbol, max(close) AS high FROM equity_bars GROUP BY symbol' }
pacing:
  concurrency: 4
  budgets:
    - { name: history, kind: rolling, limit: 200, window: 10s, datasets: [equity_bars] }
    - { name: open, kind: open, limit: 4 }
retry: { attempts: 3, delay: 1s, max_delay: 1m, timeout: 30s }
logs: { file: logs/pipe.log, level: info, max_size: 10MB, max_files: 7 }
hooks:
  on_failure:
    - { command: [./ticket.sh], each: task }
alerts:
  channels:
    pager: { kind: command, command: [./page.sh] }
  rules:
    - { on: run_failed, channels: [pager] }
    - { on: error_rate, threshold: 5, severity: warning }
`;

const csv =
  'symbol,kind,exchange,currency,priority\nMSFT,stock,NASDAQ,USD,2\n"BRK B",stock,NYSE,USD,\nVIX,index,CBOE,,9\n';

/** Files of a project; `first` is loaded. */
interface Project {
  readonly first: string;
  readonly files: ReadonlyMap<string, string>;
}

function readTexts(folder: string, relativeFolder = ''): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(root, folder, relativeFolder), { withFileTypes: true })) {
    const name = join(relativeFolder, entry.name);
    if (entry.isDirectory()) for (const [inner, text] of readTexts(folder, name)) found.set(inner, text);
    else if (/\.(ya?ml|csv|sql)$/.test(name)) found.set(name, readFileSync(join(root, folder, name), 'utf8'));
  }
  return found;
}

function readProjects(folder: string): readonly Project[] {
  const files = readTexts(folder);
  return [...files.keys()].filter((name) => /^[^/]+\.yaml$/.test(name)).map((first) => ({ first, files }));
}

const fullProject: Project = {
  first: 'everything.yaml',
  files: new Map([
    ['everything.yaml', fullPipeline],
    ['base.yaml', 'retry: { attempts: 2 }\nlineage: { endpoint: "http://localhost:5000" }\n'],
    ['symbols.csv', csv],
  ]),
};

const brokenProjects = readProjects('test/config/pipeline/diagnostics');

/** Valid projects, one that uses every setting, and those of the tests of diagnostics. */
const validProjects = readProjects('pipelines');
const projects: readonly (readonly Project[])[] = [
  validProjects,
  validProjects,
  [fullProject],
  [fullProject],
  [fullProject],
  brokenProjects,
];

const vocabulary = collectVocabulary([...projects.flat().flatMap(({ files }) => [...files.values()])]);

/** All scenarios of the repository, valid and invalid. */
export const scenarioTexts: readonly string[] = [
  ...readTexts('pipelines/scenarios').values(),
  ...readTexts('test/config/scenario/diagnostics').values(),
];

export interface MutatedProject {
  readonly first: string;
  readonly files: Files;
}

/** Mutates some files of a project. */
export function mutateProject(dice: Dice): MutatedProject {
  const { first, files } = dice.pick(dice.pick(projects));
  const texts = new Map(files);
  // Other files of the folder are read only if they are included.
  for (const name of texts.keys()) if (name !== first && name.endsWith('.yaml') && files.size > 8) texts.delete(name);
  const others = [...texts.keys()].filter((name) => name !== first);
  const target = others.length > 0 && dice.chance(0.2) ? dice.pick(others) : first;
  const isMild = dice.chance(0.4);
  let text = texts.get(target) ?? '';
  if (isMild) for (let left = 1 + dice.below(6); left > 0; left--) text = swapSettingValue(text, vocabulary, dice);
  texts.set(target, isMild ? text : mutateText(text, dice));
  if (dice.chance(0.15)) addIncludes(texts, first, dice);
  const encoded = new Map<string, Uint8Array>();
  for (const [name, content] of texts)
    encoded.set(name, name === target && !isMild ? encodeText(content, dice) : Buffer.from(content));
  return { first, files: encoded };
}

/** Makes the first file include invalid or many files. */
function addIncludes(texts: Map<string, string>, first: string, dice: Dice): void {
  const others = [...texts.keys()];
  const count = dice.pick([1, 2, 30, 300]);
  const chain = Array.from({ length: count }, (_, at) => `chain/${String(at)}.yaml`);
  const includes = dice.pick([
    first,
    `./${first}`,
    `x/../${first}`,
    '.',
    '..',
    '/',
    'chain',
    'missing.yaml',
    'chain/missing/deeper.yaml',
    '/etc/passwd',
    'symbols.csv',
    '"a\\0b.yaml"',
    `[${first}, ${first}]`,
    `[${others.map((name) => JSON.stringify(name)).join(', ')}]`,
    'chain/0.yaml',
    'chain/0.yaml',
    'chain/0.yaml',
    `[${chain.join(', ')}]`,
  ]);
  const ending = dice.pick([`include: ../${first}`, 'include: 0.yaml', 'retry: { attempts: 2 }', 'symbols: [', '']);
  for (const [at, name] of chain.entries()) {
    const next = `include: ${dice.chance(0.9) ? `${String(at + 1)}.yaml` : `[${String(at + 1)}.yaml, ${String(dice.below(count))}.yaml]`}`;
    texts.set(name, `${at === count - 1 ? ending : next}\nbreaker: { threshold: ${String(at)} }\n`);
  }
  texts.set(first, `${(texts.get(first) ?? '').replace(/^include:.*$/m, '')}\ninclude: ${includes}\n`);
}
