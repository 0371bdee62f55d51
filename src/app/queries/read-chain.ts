import type { Instant } from '../../core/time/time.js';
import type { LakeReader } from '../../lake/api.js';
import { queryChain, queryListedChain } from '../../queries/option-chain.js';
import type { ChainQuery, OptionChain } from '../../queries/option-chain.js';
import type { Folders } from '../context.js';
import { withLakeReader } from '../lake-reader.js';
import { createNoDataError } from './no-data-error.js';

/** The option chain of a symbol, or its listed options if no snapshot was taken; a lake without both ends the command. `hasTime`: the user chose the time. `asOf`: the lake as it was then. */
export function readChainOrExit(
  query: ChainQuery,
  hasTime: boolean,
  ctx: Pick<Folders, 'dataFolder'>,
  asOf: Instant | null = null,
): Promise<OptionChain> {
  const read = async (reader: LakeReader): Promise<OptionChain> => {
    const chain = (await queryChain(reader, query)) ?? (await queryListedChain(reader, query));
    if (chain === null)
      throw await createNoDataError('chain', 'snapshots', query.symbol, reader, { ...query, hasTime });
    return chain;
  };
  return withLakeReader(ctx, read, asOf);
}
