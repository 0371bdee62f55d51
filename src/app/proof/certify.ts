import { createPublicKey } from 'node:crypto';

import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { Calendar } from '../../core/time/calendar.js';
import type { Dataset } from '../../core/tables/tables.js';
import { addDays, formatInstant } from '../../core/time/time.js';
import type { LocalDate } from '../../core/time/time.js';
import type { LakeReader } from '../../lake/api.js';
import { listHashedColumns } from '../../lineage/certificate/canonical-rows.js';
import {
  certificateFormat,
  formatFingerprint,
  isSignatureValid,
  parseCertificate,
  signCertificate,
  summarize,
  toRawPublicKey,
} from '../../lineage/certificate/certificate.js';
import type { Certificate } from '../../lineage/certificate/certificate.js';
import { collectSeries } from '../../lineage/certificate/collect.js';
import { compareSeries } from '../../lineage/certificate/compare.js';
import type { CertificateDifference } from '../../lineage/certificate/compare.js';
import { extractCertificate, renderCertificate } from '../../lineage/certificate/render-certificate.js';
import { describeFileError, isFileError } from '../../platform/files/describe-file-error.js';
import { readFile } from '../../platform/files/read-file.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { withLakeReader } from '../lake-reader.js';
import { requireSymbol } from '../lineage/read-lineage.js';
import { version } from '../version.js';
import { findCalendarName } from './find-calendar.js';
import { findSigningKey, readSigningKeyOrExit } from './signing-key.js';

/** What to certify; dates are inclusive. */
export interface CertificateRequest {
  readonly symbol: string;
  readonly dataset: Dataset;
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** Null to take it from a pipeline or from the contract. */
  readonly calendar: string | null;
}

type Context = Pick<AppContext, 'dataFolder' | 'clock' | 'environment'>;

/** Certifies what the lake has; a symbol without data and a range without sessions end the command. */
export async function certifyOrExit(
  request: CertificateRequest,
  loadPipelines: () => Promise<readonly Pipeline[]>,
  ctx: Context,
): Promise<Certificate> {
  const key = await readSigningKeyOrExit(ctx.environment);
  return withLakeReader(ctx, async (reader) => {
    const { symbol, dataset, from, to } = request;
    await requireSymbol(symbol, reader);
    const calendar = await findCalendarOrExit(request, loadPipelines, reader);
    const sessions = calendar.sessions(from, addDays(to, 1));
    if (sessions.length === 0)
      throw new CliError(exitCode.usage, `no session of ${calendar.exchange} from ${from} to ${to}`);
    const columns = listHashedColumns(dataset);
    const { timeZone } = calendar;
    const before = (await reader.readState()).versions[dataset];
    const series = await collectSeries(reader, { symbol, dataset, timeZone, sessions, columns });
    const after = (await reader.readState()).versions[dataset];
    if (before !== after)
      throw new CliError(exitCode.locked, 'the table changed while it was read', 'certify again after the run');
    if (series.length === 0 || after === null)
      throw new CliError(exitCode.usage, `the lake has no ${dataset} of ${symbol}`, 'choose a table with --dataset');
    return signCertificate(
      {
        format: certificateFormat,
        symbol,
        dataset,
        calendar: calendar.exchange,
        timeZone,
        from,
        to,
        issuedAt: formatInstant(ctx.clock.now()),
        program: `pipe/${version()}`,
        version: after,
        columns,
        series,
        summary: summarize(series),
      },
      key,
    );
  });
}

/**
 * The calendar that is named, or that of the symbol. Days without a session would be certified as sessions if the named one
 * differed from it in the range.
 */
async function findCalendarOrExit(
  { symbol, calendar, from, to }: CertificateRequest,
  loadPipelines: () => Promise<readonly Pipeline[]>,
  reader: LakeReader,
): Promise<Calendar> {
  const named = calendar === null ? null : getCalendarOrExit(calendar);
  const found = await findCalendarName(symbol, await loadPipelines(), reader);
  const own = found === null ? null : getCalendarOrExit(found);
  if (named !== null && own !== null && !haveSameSessions(named, own, from, addDays(to, 1)))
    throw new CliError(
      exitCode.usage,
      `--calendar ${named.exchange} has other sessions than ${own.exchange}, the calendar of ${symbol}`,
      'leave --calendar out, or correct the calendar in the pipeline',
    );
  if (named !== null) return named;
  if (own !== null) return own;
  throw new CliError(exitCode.usage, `the calendar of ${symbol} is not known`, 'name it, such as --calendar XNYS');
}

function haveSameSessions(a: Calendar, b: Calendar, from: LocalDate, until: LocalDate): boolean {
  const describe = (calendar: Calendar): string =>
    calendar
      .sessions(from, until)
      .map(({ date, open, close }) => `${date} ${String(open)} ${String(close)}`)
      .join('\n');
  return a.timeZone === b.timeZone && describe(a) === describe(b);
}

/** The result of a verification. */
export interface Verification {
  readonly certificate: Certificate | null;
  /** The fingerprint of the key that signed it. */
  readonly signer: string | null;
  readonly isOwnKey: boolean;
  /** Problems of the file itself: changed bytes, a wrong signature, another signer. */
  readonly problems: readonly string[];
  readonly differences: readonly CertificateDifference[];
  /** Files of the table that differ from what was written. */
  readonly damagedFiles: readonly { readonly path: string; readonly detail: string }[];
}

/** Verifies the file of a certificate, as JSON or as a page, and its rows against the lake. */
export async function verifyCertificate(file: string, signer: string | null, ctx: Context): Promise<Verification> {
  const text = (await readCertificateFile(file)).toString('utf8');
  const embedded = file.endsWith('.html') ? extractCertificate(text) : text;
  const parsed =
    embedded === null ? { ok: false as const, error: 'the page has no certificate' } : parseCertificate(embedded);
  if (!parsed.ok)
    return {
      certificate: null,
      signer: null,
      isOwnKey: false,
      problems: [parsed.error],
      differences: [],
      damagedFiles: [],
    };
  const certificate = parsed.value;
  const raw = Buffer.from(certificate.publicKey, 'base64');
  const fingerprint = formatFingerprint(raw);
  const own = await findSigningKey(ctx.environment);
  const problems = [
    ...(isSignatureValid(certificate) ? [] : ['the signature does not match: the content was changed']),
    ...(signer === null || signer === fingerprint ? [] : [`signed by ${fingerprint}, not by ${signer}`]),
    ...(embedded === text || renderCertificate(certificate) === text ? [] : ['the page differs from its certificate']),
    ...(JSON.stringify(summarize(certificate.series)) === JSON.stringify(certificate.summary)
      ? []
      : ['its sums are wrong']),
  ];
  const base = {
    certificate,
    signer: fingerprint,
    isOwnKey: own !== null && toRawPublicKey(createPublicKey(own)).equals(raw),
    problems,
  };
  // What is not signed says nothing about the lake.
  if (problems.length > 0) return { ...base, differences: [], damagedFiles: [] };
  return { ...base, ...(await compareWithLake(certificate, ctx)) };
}

async function readCertificateFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw new CliError(exitCode.usage, `--verify: cannot read ${file}: ${describeFileError(error)}`);
  }
}

function compareWithLake(
  { symbol, dataset, calendar, from, to, columns, series }: Certificate,
  ctx: Context,
): Promise<Pick<Verification, 'differences' | 'damagedFiles'>> {
  return withLakeReader(ctx, async (reader) => {
    const damagedFiles: { path: string; detail: string }[] = [];
    for await (const { path, damage } of reader.verify([dataset]))
      if (damage !== null)
        damagedFiles.push({ path: `${dataset}/${path}`, detail: `${damage.problem}: ${damage.detail}` });
    const { timeZone, ...known } = getCalendarOrExit(calendar);
    const sessions = known.sessions(from, addDays(to, 1));
    const found = await collectSeries(reader, { symbol, dataset, timeZone, sessions, columns });
    return { differences: compareSeries(series, found), damagedFiles };
  });
}

export function isVerified({ problems, differences, damagedFiles }: Verification): boolean {
  return problems.length === 0 && differences.length === 0 && damagedFiles.length === 0;
}
