import { createHash, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import type { CoverageState } from '../../core/coverage.js';
import type { Result } from '../../core/result.js';
import { datasets } from '../../core/tables/tables.js';
import type { ColumnType, Dataset } from '../../core/tables/tables.js';
import type { LocalDate } from '../../core/time/time.js';
import { isRecord } from '../../platform/json.js';
import { formatJson } from '../../platform/text/escape.js';
import type { HashedColumn, RowsHash } from './canonical-rows.js';

export const certificateFormat = 'pipe-certificate/1';

/** What a certificate says. Every number in it is whole, so that every program writes it alike. */
export interface CertificateContent {
  readonly format: typeof certificateFormat;
  readonly symbol: string;
  readonly dataset: Dataset;
  readonly calendar: string;
  readonly timeZone: string;
  /** Both inclusive. */
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly issuedAt: string;
  readonly program: string;
  /** The version of the table that was hashed. */
  readonly version: number;
  readonly columns: readonly HashedColumn[];
  readonly series: readonly CertifiedSeries[];
  readonly summary: CertificateSummary;
}

export interface CertificateSummary {
  readonly sessions: number;
  readonly rows: number;
  readonly states: Readonly<Record<string, number>>;
  /** SHA-256 (hex) of the hashes of all sessions, in the order of the certificate, each with a line break. */
  readonly hash: string;
}

/** The rows of a symbol that can be compared: of one provider, and for bars of one size, kind and hours. */
export interface CertifiedSeries {
  readonly provider: string;
  /** The values of the columns that distinguish the series: `bar_size`, `what`, `use_rth`. */
  readonly key: Readonly<Record<string, string>>;
  readonly sessions: readonly CertifiedSession[];
}

/** `never requested`, or the state of coverage; `mixed` for options of different states. */
export type SessionState = CoverageState | 'never requested' | 'mixed';

export interface CertifiedSession extends RowsHash {
  readonly date: LocalDate;
  readonly open: string;
  readonly close: string;
  readonly state: SessionState;
  readonly requests: readonly CertifiedRequest[];
}

export interface CertifiedRequest {
  readonly id: string;
  readonly requestedAt: string;
  readonly state: CoverageState;
}

/** A signed certificate. */
export interface Certificate extends CertificateContent {
  /** Ed25519, the 32 bytes in Base64. */
  readonly publicKey: string;
  /** Of the canonical JSON of everything else, in Base64. */
  readonly signature: string;
}

/** Sums up the sessions of a certificate. */
export function summarize(series: readonly CertifiedSeries[]): CertificateSummary {
  const hash = createHash('sha256');
  const states: Record<string, number> = {};
  let [sessions, rows] = [0, 0];
  for (const session of series.flatMap((one) => one.sessions)) {
    hash.update(`${session.hash}\n`);
    states[session.state] = (states[session.state] ?? 0) + 1;
    sessions++;
    rows += session.rows;
  }
  return { sessions, rows, states, hash: hash.digest('hex') };
}

/** JSON with sorted keys and without spaces: the bytes that are signed. */
export function toCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${toCanonicalJson(value[name])}`).join(',')}}`;
}

const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');

export function toRawPublicKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(ed25519Prefix.length);
}

/** The first 16 bytes of the SHA-256 of a public key, in groups that people can compare. */
export function formatFingerprint(rawPublicKey: Buffer): string {
  const digits = createHash('sha256').update(rawPublicKey).digest('hex').slice(0, 32);
  return digits.match(/.{4}/g)?.join('-') ?? digits;
}

export function signCertificate(content: CertificateContent, privateKey: KeyObject): Certificate {
  const publicKey = toRawPublicKey(createPublicKey(privateKey)).toString('base64');
  const signed = { ...content, publicKey };
  return { ...signed, signature: sign(null, Buffer.from(toCanonicalJson(signed)), privateKey).toString('base64') };
}

export function isSignatureValid(certificate: Certificate): boolean {
  const { signature, ...signed } = certificate;
  const raw = Buffer.from(certificate.publicKey, 'base64');
  // Base64 has spare bits at its end: only one spelling of a signature is accepted.
  const bytes = Buffer.from(signature, 'base64');
  if (raw.length !== 32 || bytes.toString('base64') !== signature) return false;
  const key = createPublicKey({ key: Buffer.concat([ed25519Prefix, raw]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(toCanonicalJson(signed)), key, bytes);
}

/** The text of a certificate's file. A file with any other bytes is not the file that was written. */
export function formatCertificate(certificate: Certificate): string {
  return `${formatJson(certificate, 1)}\n`;
}

/** Parses the text of a file; a text that differs from what pipe writes for its content is rejected with the first differing line. */
export function parseCertificate(text: string): Result<Certificate, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, error: 'the file is not JSON: it is torn or was changed' };
  }
  if (!isCertificate(value))
    return { ok: false, error: `the file is not a certificate of the format ${certificateFormat}` };
  const written = formatCertificate(value);
  if (written === text) return { ok: true, value };
  const expected = written.split('\n');
  const line = text.split('\n').findIndex((one, index) => one !== expected[index]);
  return { ok: false, error: `line ${String(line + 1)} is not as pipe wrote it` };
}

function isCertificate(value: unknown): value is Certificate {
  if (!isRecord(value)) return false;
  const texts = ['symbol', 'calendar', 'timeZone', 'from', 'to', 'issuedAt', 'program', 'publicKey', 'signature'];
  return (
    value['format'] === certificateFormat &&
    texts.every((name) => typeof value[name] === 'string') &&
    datasets.some((dataset) => dataset === value['dataset']) &&
    Number.isSafeInteger(value['version']) &&
    isArrayOf(value['columns'], isColumn) &&
    isArrayOf(value['series'], isSeries) &&
    isRecord(value['summary'])
  );
}

function isArrayOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

const columnTypes: readonly ColumnType[] = ['text', 'number', 'integer', 'boolean', 'timestamp', 'date'];

function isColumn(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [name, type] = value.map(String);
  return /^\w+$/.test(name ?? '') && columnTypes.some((known) => known === type);
}

function isSeries(value: unknown): boolean {
  if (!isRecord(value) || typeof value['provider'] !== 'string' || !isRecord(value['key'])) return false;
  const { key } = value;
  const hasTexts = Object.entries(key).every(([name, part]) => /^\w+$/.test(name) && typeof part === 'string');
  return hasTexts && isArrayOf(value['sessions'], isSession);
}

function isSession(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const texts = ['date', 'open', 'close', 'state', 'hash'];
  return (
    texts.every((name) => typeof value[name] === 'string') &&
    Number.isSafeInteger(value['rows']) &&
    isArrayOf(value['digests'], (digest) => typeof digest === 'string') &&
    isArrayOf(value['requests'], (request) => isRecord(request) && typeof request['id'] === 'string')
  );
}
