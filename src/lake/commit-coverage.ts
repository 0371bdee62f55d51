import { readFile } from 'node:fs/promises';
import type { CoveredWindow } from '../core/coverage.js';
import type { Dataset } from '../core/tables.js';
import type { CoverageLookup } from './commit-replace.js';
import { decodeFacts } from './coverage/encoding.js';
import { isObject } from './delta/actions.js';
import { commitPath } from './delta/paths.js';

/** PROVISIONAL until readTableCoverage exists. */
export async function tableCoverage(folder: string, _dataset: Dataset): Promise<CoverageLookup> {
  const known = new Map<string, CoveredWindow[]>();
  for (let version = 0; ; version++) {
    let text: string;
    try {
      text = await readFile(commitPath(folder, version), 'utf8');
    } catch {
      break;
    }
    const info: unknown = JSON.parse(text.split('\n', 1)[0] ?? '');
    if (!isObject(info) || !isObject(info['commitInfo']) || !isObject(info['commitInfo']['pipe'])) continue;
    const coverage = info['commitInfo']['pipe']['coverage'];
    if (coverage === undefined) continue;
    for (const { fact } of decodeFacts(coverage, 'x')) {
      const key = `${fact.provider} ${fact.series}`;
      const list = known.get(key) ?? [];
      list.push({ ...fact.window, state: fact.state, at: fact.requestedAt });
      known.set(key, list);
    }
  }
  return { coverage: (provider, series) => known.get(`${provider} ${series}`) ?? [] };
}
