import { dirname, join } from 'node:path';

import { nearest } from '../core/nearest.js';
import { day } from '../core/time.js';
import type { Pipeline, PipelineSymbol, ProviderSettings } from './pipeline.js';
import { didYouMean, problem, warning } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { durationReader } from '../yaml/duration-reader.js';
import { quote } from '../yaml/text.js';
import { keyPlaceAt, placeAt } from '../yaml/tree.js';
import type { Validated } from './validate.js';
import { ibDefaults, kiteDefaults } from './provider-defaults.js';

/** Settings of the sources, with their defaults. */
export function readProviders(
  validated: Validated,
  path: string,
  symbols: readonly PipelineSymbol[],
  report: Report,
): ProviderSettings {
  const { root, file } = validated;
  const duration = durationReader(validated, report);
  const { ib = {}, kite = {}, synthetic = {} } = file.providers ?? {};
  const { seed = 1, delay = '0s', volatility = null, base_price: basePrices = {} } = file.providers?.mock ?? {};
  const priced = Object.keys(basePrices);
  const names = new Set(priced.length === 0 ? [] : symbols.map(({ instrument }) => instrument.symbol));
  for (const symbol of priced) {
    if (names.has(symbol)) continue;
    report(
      warning(
        'unknown-symbol',
        keyPlaceAt(root, ['providers', 'mock', 'base_price', symbol]),
        `no symbol of the pipeline is called ${quote(symbol)}`,
        {
          suggestion: didYouMean(nearest(symbol, names)),
        },
      ),
    );
  }
  const { instruments_max_age: written } = kite;
  const maxAge = written === undefined ? null : duration(written, ['providers', 'kite', 'instruments_max_age']);
  return {
    mock: {
      seed,
      delay: duration(delay, ['providers', 'mock', 'delay']) ?? 0,
      volatility,
      basePrices,
    },
    synthetic: { scenario: synthetic.scenario === undefined ? null : join(dirname(path), synthetic.scenario) },
    ib: {
      host: ib.host ?? ibDefaults.host,
      port: ib.port ?? ibDefaults.port,
      clientId: ib.client_id ?? ibDefaults.clientId,
      account: ib.account ?? ibDefaults.account,
      dataType: ib.data ?? ibDefaults.dataType,
      allowDelayed: ib.allow_delayed ?? ibDefaults.allowDelayed,
    },
    kite: {
      root: kite.root ?? kiteDefaults.root,
      rate: { ...kiteDefaults.rate, requests: kite.requests_per_second ?? kiteDefaults.rate.requests },
      instrumentsMaxAge: maxAge ?? kiteDefaults.instrumentsMaxAge,
    },
  };
}

/** How long runs are remembered, and where lineage goes besides its folder. */
export function readLineage(validated: Validated, report: Report): Pipeline['lineage'] {
  const { root, file } = validated;
  const { post_to: postTo = null, keep: written } = file.lineage ?? {};
  if (postTo !== null && !URL.canParse(postTo)) {
    report(
      problem('bad-url', placeAt(root, ['lineage', 'post_to']), `${quote(postTo)} is not a URL`, {
        suggestion: 'such as `http://localhost:5000/api/v1/lineage`',
      }),
    );
  }
  const path = ['lineage', 'keep'];
  const keep = written === undefined ? null : durationReader(validated, report)(written, path);
  if (keep !== null && keep < day) {
    report(
      problem('short-keep', placeAt(root, path), 'records of runs are kept for a day at least', {
        suggestion: 'such as `90d`',
      }),
    );
  }
  return { postTo, keep };
}
