import { join } from 'node:path';
import type { Instant } from '../core/time/time.js';
import { nodeFiles } from '../platform/file-store.js';
import { isRecord } from '../platform/json.js';

/** What the last deliveries to a sink came to. */
export interface SinkState {
  readonly deliveredAt: Instant | null;
  /** Consecutive failed deliveries. */
  readonly failures: number;
  readonly failingSince: Instant | null;
  readonly error: string | null;
}

export const newSinkState: SinkState = { deliveredAt: null, failures: 0, failingSince: null, error: null };

/** The folder of a lake with the states of its sinks. */
export function sinkFolder(lake: string, pipeline: string): string {
  return join(lake, '_sinks', encodeURIComponent(pipeline));
}

export async function readSinkState(folder: string, sink: string): Promise<SinkState> {
  const text = await nodeFiles.read(join(folder, `${sink}.json`));
  if (text === null) return newSinkState;
  try {
    const content: unknown = JSON.parse(text);
    if (!isRecord(content)) return newSinkState;
    const { deliveredAt, failures, failingSince, error } = content;
    return {
      deliveredAt: typeof deliveredAt === 'number' ? deliveredAt : null,
      failures: typeof failures === 'number' ? failures : 0,
      failingSince: typeof failingSince === 'number' ? failingSince : null,
      error: typeof error === 'string' ? error : null,
    };
  } catch {
    return newSinkState;
  }
}

export async function writeSinkState(folder: string, sink: string, state: SinkState): Promise<void> {
  await nodeFiles.replace(join(folder, `${sink}.json`), `${JSON.stringify(state)}\n`);
}

export function afterDelivery(now: Instant): SinkState {
  return { ...newSinkState, deliveredAt: now };
}

export function afterFailure(state: SinkState, now: Instant, error: string): SinkState {
  return { ...state, failures: state.failures + 1, failingSince: state.failingSince ?? now, error };
}
