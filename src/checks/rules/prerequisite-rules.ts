import type { Dataset } from '../../core/tables/tables.js';
import type { CheckRule } from './rule.js';

/** Files bring bars without the contract and the chain that a provider needs to be asked for them. */
const notImported = "NOT starts_with(provider, 'import:')";

/** Rows of dependent tables have their contract and their chain. */
export const prerequisiteRules: readonly CheckRule[] = [
  missingPrerequisiteRule('chains', 'contracts', 'chain-without-contract', 'chains of symbols without a contract'),
  missingPrerequisiteRule('equity_bars', 'contracts', 'bars-without-contract', 'bars of symbols without a contract'),
  missingPrerequisiteRule(
    'option_bars',
    'contracts',
    'options-without-contract',
    'option bars of symbols without a contract',
  ),
  {
    name: 'options-without-chain',
    dataset: 'option_bars',
    severity: 'error',
    problem: 'option bars of contracts that no chain lists',
    hint: 'run the chains step again: pipe run --steps chains --force',
    requiresIntact: ['chains'],
    violation: {
      kind: 'statement',
      sql: `
        SELECT b.symbol, b.provider, b.expiry, b.strike, b."right", b.bars
        FROM (SELECT symbol, provider, expiry, strike, "right", count(*) AS bars FROM option_bars WHERE ${notImported} GROUP BY ALL) b
        ANTI JOIN chains c
          ON c.symbol = b.symbol AND c.provider = b.provider AND c.expiry = b.expiry AND c.strike = b.strike AND c."right" = b."right"`,
      needsRows: true,
    },
  },
];

function missingPrerequisiteRule(dataset: Dataset, prerequisite: Dataset, name: string, problem: string): CheckRule {
  return {
    name,
    dataset,
    severity: 'error',
    problem,
    hint: `run the ${prerequisite} step again: pipe run --steps ${prerequisite} --force`,
    requiresIntact: [prerequisite],
    violation: {
      kind: 'statement',
      sql: `
        SELECT r.symbol, r.provider, r.rows
        FROM (SELECT symbol, provider, count(*) AS rows FROM ${dataset} WHERE ${notImported} GROUP BY ALL) r
        ANTI JOIN ${prerequisite} n ON n.symbol = r.symbol AND n.provider = r.provider`,
      needsRows: true,
    },
  };
}
