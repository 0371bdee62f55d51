import type { Match, ScenarioEvent } from '../scenario.js';

/** Whether a rule matches an event, independent of its frequency. */
export function matchesEvent(match: Match, event: ScenarioEvent): boolean {
  if (match.kind === 'connect') return event.kind === 'connect';
  if (match.kind === 'time' || event.kind !== 'request') return false;
  if (event.isPerInstrument === true && !selectsInstruments(match)) return false;
  if (event.isPerOption === true && match.strikes === null && match.rights === null) return false;
  return (
    acceptsValue(match.requests, event.request) &&
    acceptsValue(match.symbols, event.symbol) &&
    acceptsValue(match.barSizes, event.barSize) &&
    acceptsValue(match.priceType, event.priceType) &&
    acceptsValue(match.expiries, event.expiry) &&
    acceptsValue(match.strikes, event.strike) &&
    acceptsValue(match.rights, event.right)
  );
}

function selectsInstruments({ symbols, expiries, strikes, rights }: Match & { kind: 'request' }): boolean {
  return [symbols, expiries, strikes, rights].some((selected) => selected !== null);
}

/** A value that an event lacks matches only rules without a condition on it. */
function acceptsValue<T>(accepted: readonly T[] | null, actual: T | null): boolean {
  return accepted === null || (actual !== null && accepted.includes(actual));
}
