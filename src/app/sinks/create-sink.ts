import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { PostgresSinkSettings, SinkSettings } from '../../config/pipeline/sinks/sinks.js';
import { second } from '../../core/time/time.js';
import { createCsvSink } from '../../sinks/csv/csv-sink.js';
import { createHttpSink } from '../../sinks/http/http-sink.js';
import { createInfluxSink } from '../../sinks/influx/influx-sink.js';
import type { PostgresAddress } from '../../sinks/postgres/connection.js';
import { createPostgresSink } from '../../sinks/postgres/postgres-sink.js';
import type { KnownSymbol } from '../../sinks/postgres/symbol-ids.js';
import { sinkFolder } from '../../sinks/sink-state.js';
import type { Sink } from '../../sinks/sink.js';
import { readAllowedHosts } from '../allowed-hosts.js';
import type { AppContext } from '../context.js';
import { createRequestTimes } from './request-times.js';

/** The sinks of a pipeline that can be used. */
export type EnabledSink = Exclude<SinkSettings, { readonly kind: 'disabled' }>;

export function listEnabledSinks({ sinks }: Pick<Pipeline, 'sinks'>): readonly EnabledSink[] {
  return sinks.filter((sink): sink is EnabledSink => sink.kind !== 'disabled');
}

/** The folders outside of the lake that a sink reads and writes. */
export function listSinkFolders(settings: EnabledSink): readonly string[] {
  return settings.kind === 'csv' ? [resolve(settings.folder)] : [];
}

export interface SinkDeps {
  readonly pipeline: Pick<Pipeline, 'name' | 'symbols'>;
  /** Ends what the sink does. */
  readonly signal: AbortSignal;
  /** A folder for files in transit. */
  readonly scratch: string;
}

const connectTimeout = 10 * second;

export function toPostgresAddress(
  { url, timeout }: PostgresSinkSettings,
  signal: AbortSignal,
  ctx: Pick<AppContext, 'environment'>,
): PostgresAddress {
  return { url, allowedHosts: readAllowedHosts(ctx), connectTimeout, timeout, signal };
}

export function toKnownSymbols({ symbols }: Pick<Pipeline, 'symbols'>): ReadonlyMap<string, KnownSymbol> {
  return new Map(
    symbols.map(({ instrument: { symbol, exchange, currency, kind }, priority }) => [
      symbol,
      { symbol, exchange, currency, kind, priority },
    ]),
  );
}

export function createSink(
  settings: EnabledSink,
  { pipeline, scratch, signal }: SinkDeps,
  ctx: Pick<AppContext, 'dataFolder' | 'lineageFolder' | 'environment' | 'clock'>,
): Sink {
  const { name, tables: selections } = settings;
  switch (settings.kind) {
    case 'csv':
      return createCsvSink({
        name,
        selections,
        folder: resolve(settings.folder),
        gzip: settings.gzip,
        concurrency: availableParallelism(),
      });
    case 'influx':
      return createInfluxSink({
        name,
        selections,
        scratch,
        folder: sinkFolder(ctx.dataFolder, pipeline.name),
        url: settings.url,
        target: settings.target,
        precision: settings.precision,
        allowedHosts: readAllowedHosts(ctx),
        timeout: settings.timeout,
        signal,
      });
    case 'http':
      return createHttpSink({
        name,
        selections,
        scratch,
        folder: sinkFolder(ctx.dataFolder, pipeline.name),
        url: settings.url,
        readUrl: settings.readUrl,
        secret: settings.secret,
        allowedHosts: readAllowedHosts(ctx),
        timeout: settings.timeout,
        signal,
        now: () => ctx.clock.now(),
      });
    case 'postgres':
      return createPostgresSink({
        name,
        selections,
        scratch,
        ...toPostgresAddress(settings, signal, ctx),
        times: createRequestTimes(ctx),
        symbols: toKnownSymbols(pipeline),
      });
  }
}
