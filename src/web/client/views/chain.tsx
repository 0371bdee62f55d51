import type { JSX } from 'preact';

import { apiPath, useDocument } from '../api.ts';
import { Lines } from '../charts/lines.tsx';
import type { ChainDocument, ChainOption } from '../documents.ts';
import { formatCount, formatNumber, formatPercent, formatTime } from '../format.ts';
import { useLive } from '../live.ts';
import { Empty, Figure, Panel, Select, Show } from '../parts.tsx';
import { changeSettings } from '../route.ts';

/** Strikes on each side of the money in the table. */
const strikes = 12;

export function Chain({ symbol, expiry }: { readonly symbol: string; readonly expiry: string | null }): JSX.Element {
  const { lakeVersion } = useLive();
  const all = useDocument<ChainDocument>(apiPath('chain', { symbol }), lakeVersion);
  return (
    <Show loaded={all}>
      {(chain) => {
        const expiries = chain.allExpiries.map((one) => one.expiry);
        const chosen = expiries.find((one) => one === expiry) ?? expiries[0] ?? '';
        const options = chain.options.filter((option) => option.expiry === chosen);
        const isStale = chain.allExpiries.find((one) => one.expiry === chosen)?.isStale === true;
        return (
          <div class="grid">
            <Panel
              title={`Chain of ${symbol}`}
              wide
              side={
                <Select
                  label="expiry"
                  value={chosen}
                  options={expiries}
                  onChange={(value) => changeSettings({ expiry: value })}
                />
              }
            >
              <dl class="figures">
                <Figure label="underlying" value={formatNumber(chain.spot)} unit={chain.currency ?? ''} />
                <Figure label="snapshot" value={formatTime(chain.at, chain.timeZone)} />
                <Figure label="expiries" value={formatCount(expiries.length)} />
                <Figure label="options" value={formatCount(chain.options.length)} />
                <Figure label="source" value={chain.provider} />
              </dl>
              {isStale ? <p class="note">This expiry is older than the newest snapshot.</p> : null}
              {chain.isPriced ? null : (
                <Empty title="Only the list of options is stored.">
                  The step <code>snapshots</code> fetches their prices and Greeks.
                </Empty>
              )}
              <ChainTable chain={chain} options={options} />
            </Panel>
            {chain.isPriced ? (
              <>
                <Panel title={`Smile of ${chosen}`} wide>
                  <Smile chain={chain} options={options} />
                </Panel>
                <Panel title="Surface" wide>
                  <Surface chain={chain} expiries={expiries} />
                </Panel>
              </>
            ) : null}
          </div>
        );
      }}
    </Show>
  );
}

interface Pair {
  readonly strike: number;
  readonly call: ChainOption | undefined;
  readonly put: ChainOption | undefined;
}

function pairUp(options: readonly ChainOption[]): readonly Pair[] {
  const listed = [...new Set(options.map(({ strike }) => strike))].sort((a, b) => a - b);
  return listed.map((strike) => ({
    strike,
    call: options.find((option) => option.strike === strike && option.right === 'C'),
    put: options.find((option) => option.strike === strike && option.right === 'P'),
  }));
}

function nearMoney(pairs: readonly Pair[], spot: number | null): readonly Pair[] {
  const middle = spot ?? pairs[Math.floor(pairs.length / 2)]?.strike ?? 0;
  let nearest = 0;
  for (const [index, { strike }] of pairs.entries())
    if (Math.abs(strike - middle) < Math.abs((pairs[nearest]?.strike ?? 0) - middle)) nearest = index;
  return pairs.slice(Math.max(0, nearest - strikes), nearest + strikes + 1);
}

const greeks: readonly {
  readonly title: string;
  readonly unit?: string;
  readonly of: (option: ChainOption | undefined) => string;
  readonly minor?: boolean;
}[] = [
  { title: 'vega', minor: true, of: (option) => formatNumber(option?.vega, 3) },
  { title: 'theta', unit: '/day', minor: true, of: (option) => formatNumber(option?.theta, 3) },
  { title: 'gamma', minor: true, of: (option) => formatNumber(option?.gamma, 4) },
  { title: 'delta', minor: true, of: (option) => formatNumber(option?.delta, 2) },
  {
    title: 'OI',
    minor: true,
    of: (option) =>
      option?.open_interest === null || option?.open_interest === undefined ? '–' : formatCount(option.open_interest),
  },
  { title: 'IV', unit: '%', of: (option) => formatPercent(option?.iv) },
  { title: 'bid', of: (option) => formatNumber(option?.bid) },
  { title: 'ask', of: (option) => formatNumber(option?.ask) },
];

function ChainTable({
  chain,
  options,
}: {
  readonly chain: ChainDocument;
  readonly options: readonly ChainOption[];
}): JSX.Element {
  const pairs = nearMoney(pairUp(options), chain.spot);
  const { spot } = chain;
  const putColumns = [...greeks]
    .reverse()
    .map((column) => (column.title === 'bid' ? greeks[7] : column.title === 'ask' ? greeks[6] : column))
    .flatMap((column) => column ?? []);
  const isInside = (strike: number, right: string): boolean =>
    spot !== null && (right === 'C' ? strike < spot : strike > spot);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Option chain around the money">
      <table class="chain">
        <caption class="hidden">Option chain around the money, calls on the left</caption>
        <thead>
          <tr>
            <th colSpan={greeks.length} scope="colgroup">
              calls
            </th>
            <th scope="col" class="strike">
              strike
            </th>
            <th colSpan={putColumns.length} scope="colgroup">
              puts
            </th>
          </tr>
          <tr>
            {greeks.map(({ title, unit, minor }) => (
              <th key={`call ${title}`} scope="col" class={`right${minor === true ? ' minor' : ''}`}>
                {title}
                {unit === undefined ? null : <span class="unit"> {unit}</span>}
              </th>
            ))}
            <th class="strike" aria-hidden="true" />
            {putColumns.map(({ title, unit, minor }) => (
              <th key={`put ${title}`} scope="col" class={`right${minor === true ? ' minor' : ''}`}>
                {title}
                {unit === undefined ? null : <span class="unit"> {unit}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ strike, call, put }, index) => {
            const next = pairs[index + 1]?.strike ?? Infinity;
            const isAtMoney = spot !== null && strike <= spot && next > spot;
            return (
              <tr key={strike} class={isAtMoney ? 'money' : ''}>
                {greeks.map(({ title, of, minor }) => (
                  <td
                    key={title}
                    class={`right${minor === true ? ' minor' : ''}${isInside(strike, 'C') ? ' inside' : ''}`}
                  >
                    {of(call)}
                  </td>
                ))}
                <th scope="row" class="strike">
                  {formatNumber(strike, strike % 1 === 0 ? 0 : 2)}
                </th>
                {putColumns.map(({ title, of, minor }) => (
                  <td
                    key={title}
                    class={`right${minor === true ? ' minor' : ''}${isInside(strike, 'P') ? ' inside' : ''}`}
                  >
                    {of(put)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Smile({
  chain,
  options,
}: {
  readonly chain: ChainDocument;
  readonly options: readonly ChainOption[];
}): JSX.Element {
  const pairs = pairUp(options);
  const toPercent = (option: ChainOption | undefined): number | null =>
    option?.iv === null || option?.iv === undefined ? null : option.iv * 100;
  if (!options.some(({ iv }) => iv !== null))
    return <Empty title="No option of this expiry has an implied volatility." />;
  return (
    <Lines
      label="Implied volatility by strike"
      x={pairs.map(({ strike }) => strike)}
      xLabel="strike"
      isTime={false}
      mark={chain.spot}
      lines={[
        { label: 'calls, IV %', color: '--accent', values: pairs.map(({ call }) => toPercent(call)) },
        { label: 'puts, IV %', color: '--warn', values: pairs.map(({ put }) => toPercent(put)) },
      ]}
      formatValue={(value) => value.toFixed(1)}
    />
  );
}

/** Moneyness of the columns, in per cent of the price of the underlying. */
const moneyness = [80, 85, 90, 95, 97.5, 100, 102.5, 105, 110, 115, 120];

/** Out-of-the-money volatility by expiry and moneyness, shaded from low to high. */
function Surface({
  chain,
  expiries,
}: {
  readonly chain: ChainDocument;
  readonly expiries: readonly string[];
}): JSX.Element {
  const { spot } = chain;
  if (spot === null) return <Empty title="Without a price of the underlying there is no moneyness." />;
  const rows = expiries.map((expiry) => ({
    expiry,
    values: moneyness.map((level) =>
      findIv(
        chain.options.filter((option) => option.expiry === expiry),
        spot,
        level,
      ),
    ),
  }));
  const columns = moneyness
    .map((_, index) => index)
    .filter((index) => rows.some(({ values }) => values[index] !== null));
  const known = rows.flatMap(({ values }) => values.filter((value) => value !== null));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Volatility surface">
      <table class="surface">
        <caption class="hidden">Implied volatility in per cent by expiry and moneyness</caption>
        <thead>
          <tr>
            <th scope="col">expiry</th>
            {columns.map((index) => (
              <th key={index} scope="col" class="right">
                {String(moneyness[index])} %
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ expiry, values }) => (
            <tr key={expiry}>
              <th scope="row">{expiry}</th>
              {columns.map((index) => {
                const value = values[index] ?? null;
                const share = value === null || high === low ? 0 : (value - low) / (high - low);
                return (
                  <td key={index} class="right" style={value === null ? {} : { '--share': share.toFixed(3) }}>
                    {formatPercent(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="note">
        Implied volatility in % of out-of-the-money options; columns are strikes in % of the price of the underlying.
      </p>
    </div>
  );
}

/** The volatility of the option nearest to a moneyness, out of the money; null if none is near. */
function findIv(options: readonly ChainOption[], spot: number, level: number): number | null {
  const target = (spot * level) / 100;
  let nearest: ChainOption | null = null;
  for (const option of options) {
    if (option.iv === null || (level < 100 && option.right !== 'P') || (level > 100 && option.right !== 'C')) continue;
    if (nearest === null || Math.abs(option.strike - target) < Math.abs(nearest.strike - target)) nearest = option;
  }
  return nearest === null || Math.abs(nearest.strike - target) > spot * 0.0125 ? null : nearest.iv;
}
