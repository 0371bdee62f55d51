import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';

import { onColorChange, readColor } from './colors.ts';

export interface Line {
  readonly label: string;
  /** The name of a colour of the stylesheet. */
  readonly color: string;
  readonly values: readonly (number | null)[];
  readonly isDots?: boolean;
}

/** Lines over numbers or over dates, with a legend that reads the values under the cursor. */
export function Lines(props: {
  readonly label: string;
  readonly x: readonly number[];
  readonly xLabel: string;
  readonly isTime: boolean;
  readonly lines: readonly Line[];
  readonly formatValue: (value: number) => string;
  /** Horizontal lines with their names. */
  readonly levels?: readonly { readonly value: number; readonly text: string }[];
  /** A vertical line, such as the price of the underlying. */
  readonly mark?: number | null;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const key = JSON.stringify([props.x, props.lines, props.levels, props.mark]);
  useEffect(() => {
    if (box.current === null) return undefined;
    const element = box.current;
    let plot: UPlot | null = null;
    const draw = (): void => {
      plot?.destroy();
      plot = createPlot(element, props);
    };
    draw();
    const observer = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: plotHeight }));
    observer.observe(element);
    const stop = onColorChange(draw);
    return () => {
      stop();
      observer.disconnect();
      plot?.destroy();
    };
  }, [key]);
  return <div ref={box} class="chart" role="img" aria-label={props.label} />;
}

const plotHeight = 240;

function createPlot(element: HTMLElement, props: Parameters<typeof Lines>[0]): UPlot {
  const { x, xLabel, isTime, lines, formatValue, levels = [], mark = null } = props;
  const color = (name: string): string => readColor(element, name);
  const font = `11px ${window.getComputedStyle(element).fontFamily}`;
  const axis = {
    stroke: color('--quiet'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1 },
    font,
  };
  return new UPlot(
    {
      width: Math.max(120, element.clientWidth),
      height: plotHeight,
      scales: { x: { time: isTime } },
      cursor: { points: { size: 7 }, drag: { x: false, y: false } },
      tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'UTC'),
      series: [
        {
          label: xLabel,
          ...(isTime
            ? { value: '{YYYY}-{MM}-{DD}' }
            : { value: (_: UPlot, value: number | null) => (value === null ? '–' : String(value)) }),
        },
        ...lines.map(({ label, color: name, isDots }) => ({
          label,
          stroke: color(name),
          width: isDots === true ? 0 : 1.6,
          points: { show: isDots === true || x.length < 40, size: 5, fill: color(name) },
          value: (_: UPlot, value: number | null) => (value === null ? '–' : formatValue(value)),
        })),
      ],
      axes: [
        isTime ? { ...axis, values: '{YYYY}-{MM}-{DD}', space: 90 } : { ...axis, space: 60 },
        { ...axis, size: 56, values: (_: UPlot, values: readonly number[]) => values.map(formatValue) },
      ],
      hooks: {
        // Without a pointer, such as on a phone, the legend has the last values.
        ready: [showLast],
        setCursor: [
          (plot) => {
            if (plot.cursor.idx === null || plot.cursor.idx === undefined) showLast(plot);
          },
        ],
        // Behind the lines.
        drawClear: [
          (plot) => {
            drawLevels(plot, levels, mark, { color: color('--quiet'), font });
          },
        ],
      },
    },
    [[...x], ...lines.map(({ values }) => [...values])],
    element,
  );
}

function showLast(plot: UPlot): void {
  plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

function drawLevels(
  plot: UPlot,
  levels: readonly { readonly value: number; readonly text: string }[],
  mark: number | null,
  { color, font }: { readonly color: string; readonly font: string },
): void {
  const { ctx, bbox } = plot;
  const ratio = window.devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = ratio;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  ctx.setLineDash([3 * ratio, 4 * ratio]);
  ctx.font = font.replace('11px', `${String(11 * ratio)}px`);
  for (const { value, text } of levels) {
    const y = plot.valToPos(value, 'y', true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillText(text, bbox.left + 6 * ratio, y - 4 * ratio);
  }
  if (mark !== null) {
    const x = plot.valToPos(mark, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
