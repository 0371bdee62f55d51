import type { ContractDetails } from '@stoqey/ib';

import type { Calendar } from '../../core/calendar.js';
import type { Outcome } from '../../core/request.js';
import type { Instrument, OptionContract } from '../../core/series.js';
import type { Instant } from '../../core/time.js';
import { chainRows } from './chain.js';
import { instrumentContract, optionContract } from './contract.js';
import { chooseDetails, chooseOption, contractRows } from './details.js';
import { failureOf } from './failures.js';
import type { Link } from './link.js';
import { detailsQuestion, parametersQuestion } from './questions.js';
import type { WireContract } from './wire.js';

/** What instruments and options are; numbers once learned are kept as long as the provider lives. */
export interface Definitions {
  contract(instrument: Instrument, signal: AbortSignal): Promise<Outcome>;
  chain(instrument: Instrument, calendar: Calendar, now: Instant, signal: AbortSignal): Promise<Outcome>;
  /** How an option is asked for: by its number where that was learned. */
  option(instrument: Instrument, contract: OptionContract): WireContract;
  /** Finds the one option that is meant where its description fits several; false when there is none. */
  tellApart(instrument: Instrument, contract: OptionContract, signal: AbortSignal): Promise<boolean>;
}

type Found = { readonly kind: 'found'; readonly details: ContractDetails } | Extract<Outcome, { kind: 'failure' }>;

export function createDefinitions(link: Link): Definitions {
  const details = new Map<string, ContractDetails>();
  const optionIds = new Map<string, number>();
  const keyOf = ({ symbol, kind, exchange, currency }: Instrument): string =>
    [symbol, kind, exchange, currency].join('|');
  const optionKey = (instrument: Instrument, { expiry, strike, right }: OptionContract): string =>
    [keyOf(instrument), expiry, strike, right].join('|');

  const lookUp = async (instrument: Instrument, signal: AbortSignal): Promise<Found> => {
    const answer = await link.ask(detailsQuestion(instrumentContract(instrument)), signal);
    if (!answer.ok) return { kind: 'failure', failure: failureOf(answer.error) };
    const chosen = chooseDetails(answer.value);
    if (chosen.kind === 'one') {
      details.set(keyOf(instrument), chosen.details);
      return { kind: 'found', details: chosen.details };
    }
    const { symbol, exchange, currency } = instrument;
    const message =
      chosen.kind === 'none'
        ? `no security definition has been found for ${symbol} at ${exchange} in ${currency}`
        : `${symbol} at ${exchange} in ${currency} may be ${chosen.names.join(' or ')}: name its exchange`;
    return { kind: 'failure', failure: { kind: 'invalid', code: '200', message } };
  };

  return {
    async contract(instrument, signal) {
      const found = await lookUp(instrument, signal);
      if (found.kind === 'failure') return found;
      return { kind: 'rows', rows: contractRows(found.details), answered: null };
    },

    async chain(instrument, calendar, now, signal) {
      const known = details.get(keyOf(instrument));
      const found: Found = known === undefined ? await lookUp(instrument, signal) : { kind: 'found', details: known };
      if (found.kind === 'failure') return found;
      const { conId = 0, secType, symbol = instrument.symbol, exchange = '' } = found.details.contract;
      // What has no type has no options either.
      if (secType === undefined) return { kind: 'empty' };
      const where = instrument.kind === 'future' ? exchange : '';
      const answer = await link.ask(parametersQuestion({ symbol, exchange: where, secType, conId }), signal);
      if (!answer.ok) {
        if (answer.error.kind === 'gateway' && answer.error.meaning.kind === 'no-data') return { kind: 'empty' };
        return { kind: 'failure', failure: failureOf(answer.error) };
      }
      const rows = chainRows(symbol, instrument.exchange, calendar.dateAt(now), answer.value);
      return rows.length === 0 ? { kind: 'empty' } : { kind: 'rows', rows, answered: null };
    },

    option(instrument, contract) {
      const learned = optionIds.get(optionKey(instrument, contract));
      return optionContract(instrument, learned === undefined ? contract : { ...contract, conId: learned });
    },

    async tellApart(instrument, contract, signal) {
      const answer = await link.ask(detailsQuestion(optionContract(instrument, contract)), signal);
      const conId = answer.ok ? chooseOption(instrument.symbol, answer.value) : null;
      if (conId === null) return false;
      optionIds.set(optionKey(instrument, contract), conId);
      return true;
    },
  };
}
