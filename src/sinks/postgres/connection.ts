import { createReadStream, createWriteStream } from 'node:fs';
import { isIP } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Client, ClientConfig } from 'pg';
import type { Duration } from '../../core/time/time.js';
import { errorCode, errorMessage } from '../../platform/error-message.js';
import type { AllowedHosts } from '../../platform/http/allowed-hosts.js';
import { formatDuration } from '../../core/time/duration.js';
import { parsePostgresUrl, postgresUrlExample } from '../../platform/urls/postgres-url.js';
import { SinkError } from '../sink.js';

/** A row of a result; values are as `pg` parses them. */
export type PostgresRow = Readonly<Record<string, unknown>>;

/** A session with a server. Every failure is a `SinkError`, except for refused data: see `DataError`. */
export interface PostgresSession {
  query(sql: string, values?: readonly unknown[]): Promise<readonly PostgresRow[]>;
  /** Runs `COPY … FROM STDIN` with the content of files, one after another. */
  copyIn(sql: string, paths: AsyncIterable<string> | Iterable<string>): Promise<void>;
  /** Runs `COPY … TO STDOUT` into a file. */
  copyOut(sql: string, path: string): Promise<void>;
  close(): Promise<void>;
}

/** The server refused values: rows can be tried one by one. */
export class DataError extends SinkError {}

export interface PostgresAddress {
  readonly url: string;
  readonly allowedHosts: AllowedHosts;
  /** For a connection, until the server takes statements. */
  readonly connectTimeout: Duration;
  /** The longest time that a statement may take, or that no byte of a copy moves. */
  readonly timeout: Duration;
  /** Ends the session: whatever it does fails. */
  readonly signal: AbortSignal;
}

/** Connects. TLS with a verified certificate is the default, except for a server on this machine. */
export async function connectPostgres(address: PostgresAddress): Promise<PostgresSession> {
  const pg = await import('pg');
  const { default: copyStreams } = await import('pg-copy-streams');
  const config = readConfig(address);
  const client: Client = new pg.default.Client(config);
  let broken: Error | null = null;
  // A server that goes away between two statements must not end the process.
  client.on('error', (error: Error) => {
    broken ??= error;
  });
  const place = `PostgreSQL at ${String(config.host)}:${String(config.port)}`;
  /** Ends the connection at once: a server that does not answer would not take part in an orderly end. */
  const abandon = (reason: Error): void => {
    broken ??= reason;
    client.connection.stream.destroy(reason);
  };
  const stop = (): void => abandon(new Error('the run was stopped'));
  /** Runs some work with a time limit, which `touch` begins again. */
  const guard = async <T>(limit: Duration, work: (touch: () => void) => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => abandon(createTimeoutError(place, limit)), limit);
    try {
      if (broken !== null) throw broken;
      return await work(() => timer.refresh());
    } catch (error) {
      throw toSinkError(broken ?? error, place);
    } finally {
      clearTimeout(timer);
    }
  };
  const { connectTimeout, timeout, signal } = address;
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', stop);
    if (broken !== null) client.connection.stream.destroy();
    const timer = setTimeout(() => client.connection.stream.destroy(), closeTimeout);
    await client.end().catch(() => undefined);
    clearTimeout(timer);
  };
  try {
    await guard(connectTimeout, async () => {
      await client.connect();
      await client.query(
        "SET TIME ZONE 'UTC'; SET DateStyle = 'ISO, YMD'; SET extra_float_digits = 1; SET standard_conforming_strings = on; SET client_encoding = 'UTF8'",
      );
    });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    query: (sql, values) =>
      guard(timeout, async () => {
        const result = await client.query<Record<string, unknown>>(sql, values === undefined ? undefined : [...values]);
        return result.rows;
      }),
    copyIn: (sql, paths) =>
      guard(timeout, (touch) => pipeline(readFiles(paths, touch), client.query(copyStreams.from(sql)))),
    copyOut: (sql, path) =>
      guard(timeout, (touch) => pipeline(client.query(copyStreams.to(sql)).on('data', touch), createWriteStream(path))),
    close,
  };
}

const copyChunk = 256 * 1024;

async function* readFiles(
  paths: AsyncIterable<string> | Iterable<string>,
  onChunk: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const path of paths)
    for await (const chunk of createReadStream(path, { highWaterMark: copyChunk })) {
      onChunk();
      if (chunk instanceof Uint8Array) yield chunk;
    }
}

/** For an orderly end, in milliseconds. */
const closeTimeout = 2_000;

function createTimeoutError(place: string, limit: Duration): SinkError {
  return new SinkError(
    'timeout',
    `${place} did not answer within ${formatDuration(limit)}`,
    'look at the load and the locks of the server, or set a longer timeout of the sink; the next run delivers what is missing',
  );
}

function readConfig({ url, allowedHosts, connectTimeout }: PostgresAddress): ClientConfig {
  const parsed = parsePostgresUrl(url);
  if (typeof parsed === 'string') throw new SinkError('rejected', `the url ${parsed}`, postgresUrlExample);
  const { host, port, database, user, password, sslMode } = parsed;
  if (!host.startsWith('/') && !allowedHosts.allows(host, port))
    throw new SinkError(
      'rejected',
      `host ${host}:${String(port)} is not in PIPE_ALLOWED_HOSTS`,
      'add the host to the variable',
    );
  return {
    host,
    port,
    ...(database === '' ? {} : { database }),
    ...(user === '' ? {} : { user }),
    ...(password === '' ? {} : { password }),
    ssl: toTls(sslMode, host),
    connectionTimeoutMillis: connectTimeout,
    application_name: 'pipe',
    keepAlive: true,
  };
}

function toTls(mode: string | null, host: string): ClientConfig['ssl'] {
  if (mode === 'disable') return false;
  if (mode === 'no-verify') return { rejectUnauthorized: false };
  return mode === null && isThisMachine(host)
    ? false
    : { rejectUnauthorized: true, ...(isIP(host) === 0 ? { servername: host } : {}) };
}

function isThisMachine(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** Classes of SQLSTATE: data exceptions, violated constraints, exceptions that a trigger raised. */
const dataCodes = /^(22|23|P0)/;

function toSinkError(error: unknown, place: string): SinkError {
  if (error instanceof SinkError) return error;
  const code = errorCode(error) ?? '';
  const message = errorMessage(error);
  if (dataCodes.test(code)) return new DataError('rejected', `${place}: ${message}`, 'correct the target or the rows');
  switch (code) {
    case '42P01':
    case '3F000':
    case '42703':
      return new SinkError('setup', `${place}: ${message}`, 'create what is missing with pipe sink setup');
    case '42501':
      return new SinkError('rejected', `${place}: ${message}`, 'grant the user of the url the right to it');
    case '28P01':
    case '28000':
      return new SinkError('rejected', `${place}: ${message}`, 'correct user and password in the url');
    case '3D000':
      return new SinkError('rejected', `${place}: ${message}`, 'create the database, or correct its name in the url');
    case '53100':
      return new SinkError('unreachable', `${place}: the disk is full (${message})`, 'free some space on the server');
    default:
      break;
  }
  // Shutdowns, crashes and full servers, and everything that the connection reports.
  if (/^(08|53|57|58|40|XX)/.test(code) || !/^[0-9A-Z]{5}$/.test(code))
    return new SinkError(
      'unreachable',
      `cannot reach ${place} (${message})`,
      'start the server, or correct the url; the next run delivers what is missing',
    );
  return new SinkError('rejected', `${place}: ${message}`, 'this may be a bug: report it with the log');
}
