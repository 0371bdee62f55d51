import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { supportedExchanges } from '../../../../src/calendar/calendars.js';
import { loadPipeline } from '../../../../src/config/pipeline/load-pipeline.js';
import { createListings } from '../../../../src/simulators/tws/contracts/listings.js';
import { australianListings, indianListings } from '../../../../src/simulators/tws/contracts/other-listings.js';
import { usListings } from '../../../../src/simulators/tws/contracts/us-listings.js';

const isListed = createListings(['ACME']);
const folder = new URL('../../../../pipelines/', import.meta.url).pathname;

describe('the listings of the simulator', () => {
  it('contain every symbol of the example pipelines', async () => {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));
    for (const file of files) {
      const loaded = await loadPipeline(join(folder, file), {
        environment: {},
        knownCalendars: supportedExchanges,
        resolveAuto: () => ({ provider: 'mock', warning: null }),
        readFile: (path) => readFile(path),
      });
      if (!loaded.ok) expect.fail(`${file} is not valid`);
      const symbols = loaded.pipeline.symbols.map(({ instrument }) => instrument.symbol);
      // `^GSPC` is the notation of another provider.
      const unlisted = symbols.filter((symbol) => !symbol.startsWith('^') && !isListed(symbol));
      expect(unlisted, file).toEqual([]);
    }
    expect(files.length).toBeGreaterThan(3);
  });

  it.each(['AAPL', 'F', 'BRK B', 'BF.B', 'BAC PRK', 'M&M', 'BAJAJ-AUTO', 'NIFTY 50', 'SPX', 'CBA', 'ACME', 'S0001'])(
    'contain %s',
    (symbol) => {
      expect(isListed(symbol)).toBe(true);
    },
  );

  it.each(['AAPPL', 'MSTF', 'GOGL', 'SPYY', 'NVDIA', 'TSLAA', 'NOSUCH', 'ZZZZ', 'aapl', 'RELAINCE', 'QQQ IWM', ''])(
    'do not contain %j',
    (symbol) => {
      expect(isListed(symbol)).toBe(false);
    },
  );

  it('have well-formed names without repetitions', () => {
    for (const names of [usListings, australianListings, indianListings]) {
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
      expect(names.filter((name) => !/^[A-Z0-9&-]{1,12}$/.test(name))).toEqual([]);
    }
    expect(usListings.length).toBeGreaterThan(1_000);
  });
});
