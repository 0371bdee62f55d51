import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { SinkSettings } from '../../config/pipeline/sinks/sinks.js';
import { second } from '../../core/time/time.js';
import { createCsvSink } from '../../sinks/csv/csv-sink.js';
import { createInfluxSink } from '../../sinks/influx/influx-sink.js';
import { createPostgresSink } from '../../sinks/postgres/postgres-sink.js';
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
  /** A folder for files in transit. */
  readonly scratch: string;
}

const connectTimeout = 10 * second;

export function createSink(
  settings: EnabledSink,
  { pipeline, scratch }: SinkDeps,
  ctx: Pick<AppContext, 'dataFolder' | 'lineageFolder' | 'environment'>,
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
      });
    case 'postgres':
      return createPostgresSink({
        name,
        selections,
        scratch,
        url: settings.url,
        allowedHosts: readAllowedHosts(ctx),
        connectTimeout,
        times: createRequestTimes(ctx),
        symbols: new Map(
          pipeline.symbols.map(({ instrument: { symbol, exchange, currency, kind }, priority }) => [
            symbol,
            { symbol, exchange, currency, kind, priority },
          ]),
        ),
      });
  }
}
