import { join } from 'node:path';

import { datasets } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import { minute } from '../../core/time/time.js';
import type { LakeState } from '../../lake/api.js';
import { tableFolder } from '../../lake/delta/table-log.js';
import { nonBlockingFiles } from '../../platform/file-store.js';
import { querySymbolCurrencies, querySymbolZones } from '../../queries/symbol-zones.js';
import type { SymbolZones } from '../../queries/symbol-zones.js';
import type { AppContext } from '../context.js';
import { withLakeReader } from '../lake-reader.js';

/** The coverage of a lake with the zones of its symbols. */
export interface KnownLakeState {
  readonly state: LakeState;
  readonly zones: SymbolZones;
  /** The currencies of prices by symbol, as far as contracts name them. */
  readonly currencies: ReadonlyMap<string, string>;
  /** Changes with every commit. */
  readonly versions: string;
}

/** Keeps the coverage of a lake until a commit changes it, so that ten pages read it once. */
export interface LakeStateCache {
  read(): Promise<KnownLakeState>;
  /** Identifies the newest commits without reading them. */
  readVersions(): Promise<string>;
}

/** Files that disappear change no version: the state is read again after this time. */
const maxAge = minute;

export function createLakeStateCache(ctx: Pick<AppContext, 'dataFolder' | 'clock'>): LakeStateCache {
  let known: (KnownLakeState & { readonly at: Instant }) | null = null;
  let reading: Promise<KnownLakeState> | null = null;

  const readVersions = async (): Promise<string> => {
    const parts = await Promise.all(
      datasets.map(async (dataset) => {
        const names = await nonBlockingFiles.list(join(tableFolder(ctx.dataFolder, dataset), '_delta_log'));
        let newest = '';
        for (const name of names) if (name.endsWith('.json') && name > newest) newest = name;
        return `${dataset} ${newest.slice(0, 20)}`;
      }),
    );
    return parts.join('\n');
  };

  const readAgain = async (versions: string): Promise<KnownLakeState> => {
    const found = await withLakeReader(ctx, async (reader) => {
      const state = await reader.readState();
      const hasContracts = state.versions.contracts !== null;
      if (!hasContracts) return { state, zones: new Map<string, string>(), currencies: new Map<string, string>() };
      return { state, zones: await querySymbolZones(reader), currencies: await querySymbolCurrencies(reader) };
    });
    known = { ...found, versions, at: ctx.clock.now() };
    return known;
  };

  return {
    readVersions,
    async read() {
      const versions = await readVersions();
      if (known?.versions === versions && ctx.clock.now() - known.at < maxAge) return known;
      reading ??= readAgain(versions).finally(() => {
        reading = null;
      });
      return reading;
    },
  };
}
