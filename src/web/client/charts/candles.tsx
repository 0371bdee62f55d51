import { CandlestickSeries, HistogramSeries, createChart, createSeriesMarkers } from 'lightweight-charts';
import type { IChartApi, SeriesMarker, Time, UTCTimestamp } from 'lightweight-charts';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import type { BarsDocument } from '../../server/documents.ts';
import { formatTime } from '../format.ts';
import { onColorChange, readColor } from './colors.ts';

/** Candles with volume; sessions without data are empty places with a mark, so that a gap is seen as one. */
export function Candles({ bars }: { readonly bars: BarsDocument }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current === null) return undefined;
    const element = box.current;
    let chart: IChartApi | null = null;
    const draw = (): void => {
      chart?.remove();
      chart = createCandles(element, bars);
    };
    draw();
    const stop = onColorChange(draw);
    return () => {
      stop();
      chart?.remove();
    };
  }, [bars]);
  return <div ref={box} class="chart tall" role="img" aria-label={describe(bars)} />;
}

/** Lengths of `2026-12-01 18:30` that the time axis shows: years, months, days and times, as the library counts them. */
const tickParts = [
  [0, 4],
  [0, 7],
  [5, 10],
  [11, 16],
  [11, 16],
] as const;

function createCandles(element: HTMLElement, { bars, gaps, barSize, timeZone }: BarsDocument): IChartApi {
  const color = (name: string): string => readColor(element, name);
  const isDaily = /day|week|month/.test(barSize);
  const toLocal = (seconds: number): string => formatTime(new Date(seconds * 1000).toISOString(), timeZone ?? 'UTC');
  const chart = createChart(element, {
    autoSize: true,
    layout: {
      background: { color: color('--panel') },
      textColor: color('--quiet'),
      fontFamily: window.getComputedStyle(element).fontFamily,
      fontSize: 11,
      attributionLogo: false,
    },
    crosshair: {
      vertLine: { labelBackgroundColor: color('--line') },
      horzLine: { labelBackgroundColor: color('--line') },
    },
    grid: { vertLines: { color: color('--line') }, horzLines: { color: color('--line') } },
    rightPriceScale: { borderColor: color('--line') },
    timeScale: {
      borderColor: color('--line'),
      timeVisible: !isDaily,
      tickMarkFormatter: (time: Time, type: number) =>
        typeof time === 'number' ? toLocal(time).slice(...(tickParts[type] ?? [0, 10])) : null,
    },
    localization: {
      timeFormatter: (time: Time) => (typeof time === 'number' ? toLocal(time) : typeof time === 'string' ? time : ''),
    },
  });
  const toTime = (ts: string, session: string): Time =>
    // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the library brands a plain number of seconds
    isDaily ? session : ((Date.parse(ts) / 1000) as UTCTimestamp);
  const whole = bars.flatMap(({ open, high, low, close, ...bar }) =>
    open === null || high === null || low === null || close === null ? [] : [{ ...bar, open, high, low, close }],
  );
  const up = color('--up');
  const down = color('--down');
  const candles = chart.addSeries(CandlestickSeries, {
    upColor: up,
    downColor: down,
    wickUpColor: up,
    wickDownColor: down,
    borderVisible: false,
  });
  const holes = isDaily ? gaps.map(({ session }) => ({ time: session })) : [];
  const rows = [
    ...whole.map(({ ts, session, open, high, low, close }) => ({ time: toTime(ts, session), open, high, low, close })),
    ...holes,
  ];
  candles.setData(rows.sort((a, b) => (a.time < b.time ? -1 : 1)));
  const volume = chart.addSeries(HistogramSeries, {
    priceFormat: { type: 'volume' },
    priceScaleId: 'volume',
    lastValueVisible: false,
    priceLineVisible: false,
  });
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
  volume.setData(
    whole.map(({ ts, session, volume: value, open, close }) => ({
      time: toTime(ts, session),
      value: value ?? 0,
      color: `${close >= open ? up : down}66`,
    })),
  );
  if (isDaily && gaps.length > 0) {
    const marks = gaps.slice(0, 500).map(({ session, state }): SeriesMarker<Time> => ({
      time: session,
      position: 'inBar',
      shape: 'circle',
      size: 0.6,
      color: color(state === 'failed' || state === 'missing' ? '--bad' : '--warn'),
    }));
    createSeriesMarkers(candles, marks);
  }
  chart.timeScale().setVisibleLogicalRange({ from: Math.max(0, rows.length - 130), to: rows.length });
  return chart;
}

function describe({ symbol, bars, gaps, barSize }: BarsDocument): string {
  const last = bars.at(-1);
  const close =
    last?.close === undefined || last.close === null ? '' : `, last close ${String(last.close)} on ${last.session}`;
  return `${String(bars.length)} bars (${barSize}) of ${symbol}${close}, ${String(gaps.length)} sessions without data`;
}
