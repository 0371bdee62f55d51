import { hashString, drawUniform } from '../../../platform/random.js';

/** Creates a well-formed ISIN with a valid check digit from the symbol; not the real one. */
export function createIsin(country: string, symbol: string): string {
  const key = hashString(0x151a, symbol);
  const body = `${country}${String(Math.floor(drawUniform(key, 0) * 1e9)).padStart(9, '0')}`;
  return `${body}${checkDigit(body)}`;
}

/** Luhn check digit; letters count as numbers from 10. */
function checkDigit(body: string): number {
  const digits = Array.from(body, (character) => parseInt(character, 36)).join('');
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const weighted = index % 2 === 0 ? 2 * digit : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return (10 - (sum % 10)) % 10;
}

/** Creates a well-formed FIGI from the symbol; not the real one. */
export function createFigi(symbol: string): string {
  const key = hashString(0xf161, symbol);
  const body = `BBG${String(Math.floor(drawUniform(key, 0) * 1e8)).padStart(8, '0')}`;
  return `${body}${checkDigit(body)}`;
}
