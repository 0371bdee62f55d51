import type { About, Occasion } from './scenario.js';

/** Whether a rule is about an occasion, however often it then acts. */
export function matches(about: About, occasion: Occasion): boolean {
  if (about.kind === 'connect') return occasion.kind === 'connect';
  if (about.kind === 'time' || occasion.kind !== 'request') return false;
  if (occasion.oneOfSeveral === true && !namesInstruments(about)) return false;
  return (
    includes(about.requests, occasion.request) &&
    includes(about.symbols, occasion.symbol) &&
    includes(about.barSizes, occasion.barSize) &&
    includes(about.what, occasion.what) &&
    includes(about.expiries, occasion.expiry) &&
    includes(about.strikes, occasion.strike) &&
    includes(about.rights, occasion.right)
  );
}

function namesInstruments({ symbols, expiries, strikes, rights }: About & { kind: 'request' }): boolean {
  return [symbols, expiries, strikes, rights].some((named) => named !== null);
}

/** What does not apply to an occasion matches only a rule that says nothing about it. */
function includes<T>(wanted: readonly T[] | null, actual: T | null): boolean {
  return wanted === null || (actual !== null && wanted.includes(actual));
}
