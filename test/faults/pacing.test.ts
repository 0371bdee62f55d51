/** Faults at a gateway that counts, asked at the pace that Interactive Brokers allows, in real time. */
import { beforeAll, describe, it } from 'vitest';
import type { Fault } from './fault.js';
import type { Held } from './held.js';
import { faultAt } from './places.js';
import { fairWeather, suffer } from './suffer.js';

const inEarnest: Partial<Fault> = { pacing: 'strict', waits: 'real', pipeline: { pacing: 'default' } };

const violation = 'Historical Market Data Service error message:Historical data request pacing violation';

/** What was asked once is not asked again within 15 seconds, whatever has become of it. */
const faults: readonly Fault[] = [
  faultAt('minutes', 'once', 'silence', 'passing', inEarnest),
  faultAt('options', 'once', { drop: 'mid_message' }, 'passing', inEarnest),
  faultAt('head', 'once', { error: 162, message: violation }, 'passing', { ...inEarnest, asksToWait: 15_000 }),
  faultAt('snapshot', 'once', 'drop', 'passing', inEarnest),
];

let fair: Held;
beforeAll(async () => {
  fair = await fairWeather();
});

describe.concurrent('Interactive Brokers, which counts requests', () => {
  it.for(faults)('$name', (fault) => suffer(fault, fair));
});
