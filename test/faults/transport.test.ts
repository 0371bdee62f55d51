import { beforeAll, describe, it } from 'vitest';
import type { Held } from './held.js';
import { transport } from './rows/transport.js';
import { fairWeather, suffer } from './suffer.js';

let fair: Held;
beforeAll(async () => {
  fair = await fairWeather();
});

describe.concurrent('Interactive Brokers', () => {
  it.for(transport)('$name', (fault) => suffer(fault, fair));
});
