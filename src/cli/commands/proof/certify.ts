import { createPublicKey } from 'node:crypto';

import type { Command } from 'commander';

import { CliError } from '../../../app/cli-error.js';
import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import { requireLake } from '../../../app/require-lake.js';
import { requireOutputPath, writeOutputFile } from '../../../app/output-file.js';
import { loadProjectPipelines } from '../../../app/pipeline/project-pipelines.js';
import { certifyOrExit, isVerified, verifyCertificate } from '../../../app/proof/certify.js';
import { createSigningKey } from '../../../app/proof/signing-key.js';
import { formatCertificate, formatFingerprint, toRawPublicKey } from '../../../lineage/certificate/certificate.js';
import { renderCertificate } from '../../../lineage/certificate/render-certificate.js';
import type { CliContext } from '../../cli-context.js';
import { parseDataset } from '../../options/parse-dataset.js';
import { parseDate } from '../../options/parse-date.js';
import {
  formatCertificateSummary,
  formatVerification,
  toVerificationDocument,
} from '../../output/proof/format-certificate.js';
import type { RunAction } from '../../run-action.js';

interface Flags {
  readonly from?: string;
  readonly to?: string;
  readonly dataset?: string;
  readonly calendar?: string;
  readonly out?: string;
  readonly newKey?: boolean;
  readonly verify?: string;
  readonly signer?: string;
  readonly json?: boolean;
}

export function defineCertify(command: Command, run: RunAction): void {
  command
    .command('certify')
    .argument('[symbol]', 'symbol, as the pipeline names it')
    .option('--from <date>', 'first session')
    .option('--to <date>', 'last session, inclusive')
    .option('--dataset <name>', 'table [equity_bars]')
    .option('--calendar <exchange>', 'calendar [of the pipeline or contract]')
    .option('--out <file>', 'write this JSON file and a page beside it')
    .option('--new-key', 'create the Ed25519 key that signs')
    .option('--verify <file>', 'verify a certificate (JSON or page) against --data')
    .option('--signer <fingerprint>', 'accept only this key with --verify')
    .option('--json', 'print one JSON document')
    .action((symbol: string | undefined, flags: Flags) => run((ctx) => certify(symbol, flags, ctx)));
}

async function certify(symbol: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  rejectConflicts(symbol, flags);
  if (flags.newKey === true) return createKey(flags, ctx);
  if (flags.verify !== undefined) return verify(flags.verify, flags, ctx);
  if (symbol === undefined)
    throw new CliError(
      exitCode.usage,
      'missing SYMBOL',
      'name one: pipe certify AAPL --from 2026-01-02 --to 2026-11-20',
    );
  const from = parseDate('--from', flags.from);
  const to = parseDate('--to', flags.to);
  if (from === null || to === null)
    throw new CliError(exitCode.usage, 'missing the range', 'write both ends: --from 2026-01-02 --to 2026-11-20');
  if (from > to) throw new CliError(exitCode.usage, `--from ${from} is after --to ${to}`);
  const dataset = parseDataset(flags.dataset, []) ?? 'equity_bars';
  const page = flags.out === undefined ? null : toPagePath(flags.out);
  if (flags.out !== undefined) await requireOutputPath('--out', flags.out, ctx);
  requireLake(ctx);
  const request = { symbol, dataset, from, to, calendar: flags.calendar ?? null };
  const certificate = await certifyOrExit(request, () => loadProjectPipelines(ctx), ctx);
  if (flags.out !== undefined && page !== null) {
    await writeOutputFile('--out', flags.out, formatCertificate(certificate), ctx);
    await writeOutputFile('--out', page, renderCertificate(certificate), ctx);
  }
  if (flags.json === true) await ctx.write(formatCertificate(certificate), { unescaped: true });
  else
    ctx.print(formatCertificateSummary(certificate, flags.out === undefined ? [] : [flags.out, page ?? ''], ctx.style));
  return exitCode.done;
}

/** The three uses exclude each other: an option without effect would look as if it had been obeyed. */
function rejectConflicts(
  symbol: string | undefined,
  { newKey, verify: file, signer, from, to, out, dataset }: Flags,
): void {
  const uses = [...(newKey === true ? ['--new-key'] : []), ...(file === undefined ? [] : ['--verify'])];
  const others = [
    ...(symbol === undefined ? [] : [symbol]),
    ...(from === undefined ? [] : ['--from']),
    ...(to === undefined ? [] : ['--to']),
    ...(out === undefined ? [] : ['--out']),
    ...(dataset === undefined ? [] : ['--dataset']),
  ];
  const [use] = uses;
  if (use !== undefined && (others.length > 0 || uses.length > 1))
    throw new CliError(exitCode.usage, `${use} cannot be combined with ${[...uses.slice(1), ...others].join(', ')}`);
  if (signer !== undefined && file === undefined)
    throw new CliError(
      exitCode.usage,
      '--signer needs --verify',
      'write pipe certify --verify FILE --signer FINGERPRINT',
    );
}

function toPagePath(file: string): string {
  if (file.endsWith('.html'))
    throw new CliError(
      exitCode.usage,
      `--out ${file} names the page`,
      'name the JSON file; the page is written beside it',
    );
  return `${file.replace(/\.json$/, '')}.html`;
}

async function createKey(flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const { file, key } = await createSigningKey(ctx.environment);
  const publicKey = toRawPublicKey(createPublicKey(key));
  const fingerprint = formatFingerprint(publicKey);
  if (flags.json === true) ctx.printJson({ file, fingerprint, publicKey: publicKey.toString('base64') });
  else
    ctx.print(
      `created ${file}\nfingerprint ${fingerprint}\n  give it to those who verify your certificates; back up the file, which only you can read\n`,
    );
  return exitCode.done;
}

async function verify(file: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  requireLake(ctx);
  const verification = await verifyCertificate(file, flags.signer ?? null, ctx);
  if (flags.json === true) ctx.printJson(toVerificationDocument(verification));
  else ctx.print(formatVerification(verification, ctx.style));
  return isVerified(verification) ? exitCode.done : exitCode.checkFailed;
}
