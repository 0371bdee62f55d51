/** One bar as the gateway sends it. */
export interface WireBar {
  readonly time: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | undefined;
  readonly wap: number | undefined;
  readonly count: number | undefined;
}
