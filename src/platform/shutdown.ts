/** Two-step shutdown: `stopping` starts nothing new and lets requests in flight end, `stopped` aborts those too. */
export interface Shutdown {
  readonly stopping: AbortSignal;
  readonly stopped: AbortSignal;
}
