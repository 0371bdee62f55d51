import { isValid, validators } from '../../../app/proof/validate-symbols.js';
import type { SymbolVerdicts, ValidationReport, Validator, Verdict } from '../../../app/proof/validate-symbols.js';
import { pluralize } from '../../../platform/format.js';
import type { ApplyStyle } from '../../../platform/style.js';
import { formatTable } from '../../../platform/table.js';
import type { TableCell } from '../../../platform/table.js';
import { escapeLine, joinLines } from '../../../platform/text/escape.js';

const headings: Readonly<Record<Validator, string>> = {
  symbol_contracts_exist: 'contracts',
  option_chain_current: 'chain',
  equity_data_available: 'equity',
  option_backfill_prerequisites: 'option prerequisites',
  data_integrity: 'integrity',
};

export function formatValidation(report: ValidationReport, style: ApplyStyle): string {
  const rows = report.symbols.map(({ symbol, verdicts }) => [
    { text: symbol },
    ...validators.map((name) => formatVerdict(verdicts[name], style)),
  ]);
  const head = ['symbol', ...validators.map((name) => headings[name])].map((text) => ({
    text,
    style: (cell: string) => style('quiet', cell),
  }));
  const failures = listFailures(report);
  const failedSymbols = new Set(failures.map(({ symbol }) => symbol)).size;
  return joinLines([
    ...formatTable([head, ...rows], ['left', 'left', 'left', 'left', 'left', 'left']),
    '',
    ...failures.flatMap(({ symbol, validator, problem, command }) => [
      `${escapeLine(symbol)}  ${validator}  ${escapeLine(problem)}`,
      `  ${style('link', command)}`,
    ]),
    `${isValid(report) ? style('good', 'ok') : style('bad', 'failed')}  ${pluralize(report.symbols.length, 'symbol')}, ${String(failedSymbols)} with failures`,
  ]);
}

function formatVerdict({ status }: Verdict, style: ApplyStyle): TableCell {
  switch (status) {
    case 'ok':
      return { text: 'ok', style: (text) => style('good', text) };
    case 'failed':
      return { text: 'failed', style: (text) => style('bad', text) };
    case 'not applicable':
      return { text: '-', style: (text) => style('quiet', text) };
  }
}

interface Failure {
  readonly symbol: string;
  readonly validator: Validator;
  readonly problem: string;
  readonly command: string;
}

function listFailures({ symbols }: ValidationReport): readonly Failure[] {
  return symbols.flatMap(({ symbol, verdicts }) =>
    validators.flatMap((validator) => {
      const verdict = verdicts[validator];
      if (verdict.status !== 'failed') return [];
      return [{ symbol, validator, problem: verdict.problem, command: verdict.command }];
    }),
  );
}

/** The report as scripts read it. Keys are added freely and never renamed. */
export function toValidationDocument(report: ValidationReport): object {
  const listOk = (name: Validator): readonly string[] =>
    report.symbols.filter(({ verdicts }) => verdicts[name].status === 'ok').map(({ symbol }) => symbol);
  return {
    ok: isValid(report),
    pipeline: report.pipeline,
    symbols: report.symbols.map(({ symbol, verdicts }) => ({ symbol, ...toStatuses(verdicts) })),
    contracts_ok: listOk('symbol_contracts_exist'),
    chains_ok: listOk('option_chain_current'),
    equity_ok: listOk('equity_data_available'),
    option_ok: listOk('option_backfill_prerequisites'),
    integrity_ok: listOk('data_integrity'),
    failures: listFailures(report),
  };
}

function toStatuses(verdicts: SymbolVerdicts): Readonly<Record<string, string>> {
  return Object.fromEntries(validators.map((name) => [name, verdicts[name].status]));
}
