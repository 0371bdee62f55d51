import { isVerified } from '../../../app/proof/certify.js';
import type { Verification } from '../../../app/proof/certify.js';
import { formatFingerprint } from '../../../lineage/certificate/certificate.js';
import type { Certificate } from '../../../lineage/certificate/certificate.js';
import { formatCount, pluralize } from '../../../platform/format.js';
import type { ApplyStyle } from '../../../platform/style.js';
import { escapeLine, joinLines } from '../../../platform/text/escape.js';

/** What a certificate says, in a few lines. */
export function formatCertificateSummary(
  certificate: Certificate,
  files: readonly string[],
  style: ApplyStyle,
): string {
  return joinLines([
    ...describe(certificate, style),
    `  signed   by ${formatFingerprint(Buffer.from(certificate.publicKey, 'base64'))}`,
    ...(files.length === 0 ? ['  not saved; add --out FILE'] : files.map((file) => `  written  ${escapeLine(file)}`)),
  ]);
}

function describe({ symbol, dataset, from, to, calendar, summary, version }: Certificate, style: ApplyStyle): string[] {
  const states = Object.entries(summary.states).map(([state, count]) => `${formatCount(count)} ${state}`);
  return [
    `${style('strong', `${symbol} ${dataset}`)}  ${from} to ${to} of ${calendar}, version ${String(version)}`,
    `  holds    ${pluralize(summary.sessions, 'session')}, ${pluralize(summary.rows, 'row')}: ${states.join(', ')}`,
    ...describeLoss(summary),
    `  hash     ${summary.hash}`,
  ];
}

/** The number of sessions in states hides the loss of rows, which a run may repair. */
function describeLoss({ states }: Certificate['summary']): string[] {
  const lost = states['missing'] ?? 0;
  if (lost === 0) return [];
  return [
    `  missing  rows of ${pluralize(lost, 'session')} were stored and are lost: pipe run --missing refetches them`,
  ];
}

const maxShown = 20;

export function formatVerification(verification: Verification, style: ApplyStyle): string {
  const { certificate, signer, isOwnKey, problems, differences, damagedFiles } = verification;
  const shown = differences.slice(0, maxShown);
  const hidden = differences.length - shown.length;
  const isGood = isVerified(verification);
  return joinLines([
    ...(certificate === null ? [] : describe(certificate, style)),
    ...(signer === null
      ? []
      : [
          `  signed   by ${signer}${isOwnKey ? ', your key' : ': compare it with the fingerprint that the signer gave you'}`,
        ]),
    ...problems.map((text) => style('bad', `  file     ${escapeLine(text)}`)),
    ...damagedFiles.map(({ path, detail }) => style('bad', `  damaged  ${escapeLine(path)} (${escapeLine(detail)})`)),
    ...shown.map(({ kind, series, session, detail }) =>
      style('bad', `  ${kind}  ${session ?? ''}  ${escapeLine(series)}  ${escapeLine(detail)}`),
    ),
    ...(hidden > 0 ? [`  and ${pluralize(hidden, 'more difference')}; --json has all`] : []),
    isGood ? style('good', 'verified') : style('bad', 'not verified'),
  ]);
}

/** The result as scripts read it. Keys are added freely and never renamed. */
export function toVerificationDocument(verification: Verification): object {
  const { certificate, signer, isOwnKey, problems, differences, damagedFiles } = verification;
  return {
    ok: isVerified(verification),
    symbol: certificate?.symbol ?? null,
    dataset: certificate?.dataset ?? null,
    from: certificate?.from ?? null,
    to: certificate?.to ?? null,
    issuedAt: certificate?.issuedAt ?? null,
    summary: certificate?.summary ?? null,
    signer,
    isOwnKey,
    problems,
    differences,
    damagedFiles,
  };
}
