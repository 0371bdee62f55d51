import { dirname, join } from 'node:path';

import { closestMatch } from '../../../platform/suggest.js';
import { day } from '../../../core/time/time.js';
import type { Pipeline, PipelineSymbol, ProviderSettings } from '../pipeline.js';
import { didYouMean, problem, warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { quote } from '../../yaml/quote.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';
import { defaultIbSettings, defaultKiteSettings } from './provider-defaults.js';

/** Settings of the sources, with their defaults. */
export function readProviders(
  validated: ValidatedPipeline,
  path: string,
  symbols: readonly PipelineSymbol[],
  report: ReportDiagnostic,
): ProviderSettings {
  const { root, file } = validated;
  const duration = createDurationReader(validated, report);
  const { ib = {}, kite = {}, synthetic = {} } = file.providers ?? {};
  const { seed = 1, delay = '0s', volatility = null, base_price: basePrices = {} } = file.providers?.mock ?? {};
  const pricedSymbols = Object.keys(basePrices);
  const knownSymbols = new Set(pricedSymbols.length === 0 ? [] : symbols.map(({ instrument }) => instrument.symbol));
  for (const symbol of pricedSymbols) {
    if (knownSymbols.has(symbol)) continue;
    report(
      warning(
        'unknown-symbol',
        findKeyLocation(root, ['providers', 'mock', 'base_price', symbol]),
        `no symbol of the pipeline is called ${quote(symbol)}`,
        {
          suggestion: didYouMean(closestMatch(symbol, knownSymbols)),
        },
      ),
    );
  }
  const { instruments_max_age: rawMaxAge } = kite;
  const maxAge = rawMaxAge === undefined ? null : duration(rawMaxAge, ['providers', 'kite', 'instruments_max_age']);
  return {
    mock: {
      seed,
      delay: duration(delay, ['providers', 'mock', 'delay']) ?? 0,
      volatility,
      basePrices,
    },
    synthetic: { scenario: synthetic.scenario === undefined ? null : join(dirname(path), synthetic.scenario) },
    ib: {
      host: ib.host ?? defaultIbSettings.host,
      port: ib.port ?? defaultIbSettings.port,
      clientId: ib.client_id ?? defaultIbSettings.clientId,
      account: ib.account ?? defaultIbSettings.account,
      marketDataType: ib.data ?? defaultIbSettings.marketDataType,
      allowDelayed: ib.allow_delayed ?? defaultIbSettings.allowDelayed,
    },
    kite: {
      baseUrl: kite.root ?? defaultKiteSettings.baseUrl,
      rate: { ...defaultKiteSettings.rate, requests: kite.requests_per_second ?? defaultKiteSettings.rate.requests },
      instrumentsMaxAge: maxAge ?? defaultKiteSettings.instrumentsMaxAge,
    },
  };
}

/** How long runs are remembered, and where lineage goes besides its folder. */
export function readLineage(validated: ValidatedPipeline, report: ReportDiagnostic): Pipeline['lineage'] {
  const { root, file } = validated;
  const { post_to: endpoint = null, keep: rawRetention } = file.lineage ?? {};
  if (endpoint !== null && !URL.canParse(endpoint)) {
    report(
      problem('bad-url', findLocation(root, ['lineage', 'post_to']), `${quote(endpoint)} is not a URL`, {
        suggestion: 'such as `http://localhost:5000/api/v1/lineage`',
      }),
    );
  }
  const path = ['lineage', 'keep'];
  const retention = rawRetention === undefined ? null : createDurationReader(validated, report)(rawRetention, path);
  if (retention !== null && retention < day) {
    report(
      problem('short-keep', findLocation(root, path), 'records of runs are kept for a day at least', {
        suggestion: 'such as `90d`',
      }),
    );
  }
  return { endpoint, retention };
}
