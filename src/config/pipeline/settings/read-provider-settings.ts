import { dirname, join } from 'node:path';

import { closestMatch } from '../../../platform/suggest.js';
import { readMarketActions } from '../../yaml/read-market-actions.js';
import { day } from '../../../core/time/time.js';
import type { Pipeline, PipelineSymbol, ProviderSettings } from '../pipeline.js';
import { didYouMean, problem, warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { quote } from '../../yaml/quote.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';
import { defaultIbSettings, defaultKiteSettings } from './provider-defaults.js';

/** Reads the settings of the providers and applies their defaults. */
export function readProviderSettings(
  validated: ValidatedPipeline,
  path: string,
  symbols: readonly PipelineSymbol[],
  report: ReportDiagnostic,
): ProviderSettings {
  const { root, file } = validated;
  const duration = createDurationReader(validated, report);
  const { ib = {}, kite = {}, synthetic = {} } = file.providers ?? {};
  const {
    seed = 1,
    delay = '0s',
    volatility = null,
    base_price: basePrices = {},
    actions,
  } = file.providers?.mock ?? {};
  const pricedSymbols = Object.keys(basePrices);
  const knownSymbols = new Set(pricedSymbols.length === 0 ? [] : symbols.map(({ instrument }) => instrument.symbol));
  for (const symbol of pricedSymbols) {
    if (knownSymbols.has(symbol)) continue;
    report(
      warning(
        'unknown-symbol',
        findKeyLocation(root, ['providers', 'mock', 'base_price', symbol]),
        `the pipeline has no symbol ${quote(symbol)}`,
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
      ...(actions === undefined
        ? {}
        : { actions: readMarketActions(actions, ['providers', 'mock', 'actions'], root, report) }),
    },
    synthetic: { scenario: synthetic.scenario === undefined ? null : join(dirname(path), synthetic.scenario) },
    ib: {
      host: ib.host ?? defaultIbSettings.host,
      port: ib.port ?? defaultIbSettings.port,
      clientId: ib.client_id ?? defaultIbSettings.clientId,
      account: ib.account ?? defaultIbSettings.account,
      marketDataType: ib.market_data_type ?? defaultIbSettings.marketDataType,
      allowDelayed: ib.allow_delayed ?? defaultIbSettings.allowDelayed,
      ...(ib.lines === undefined ? {} : { lines: ib.lines }),
    },
    kite: {
      baseUrl: kite.base_url ?? defaultKiteSettings.baseUrl,
      rate: { ...defaultKiteSettings.rate, requests: kite.requests_per_second ?? defaultKiteSettings.rate.requests },
      instrumentsMaxAge: maxAge ?? defaultKiteSettings.instrumentsMaxAge,
    },
  };
}

/** Reads the retention of run records and the endpoint of OpenLineage events. */
export function readLineage(validated: ValidatedPipeline, report: ReportDiagnostic): Pipeline['lineage'] {
  const { root, file } = validated;
  const { endpoint = null, retention: rawRetention } = file.lineage ?? {};
  // It may hold a secret, so the message does not quote it.
  if (endpoint !== null && !URL.canParse(endpoint)) {
    report(
      problem('bad-url', findLocation(root, ['lineage', 'endpoint']), 'the `endpoint` is not a URL', {
        suggestion: 'for example `http://localhost:5000/api/v1/lineage`',
      }),
    );
  }
  const path = ['lineage', 'retention'];
  const retention = rawRetention === undefined ? null : createDurationReader(validated, report)(rawRetention, path);
  if (retention !== null && retention < day) {
    report(
      problem('retention-too-short', findLocation(root, path), 'the retention of run records must be at least 1d', {
        suggestion: 'for example `retention: 90d`',
      }),
    );
  }
  return { endpoint, retention };
}
