import { beforeAll, describe, it } from 'vitest';
import type { Held } from './held.js';
import { outages } from './rows/outages.js';
import { fairWeather, suffer } from './suffer.js';

let fair: Held;
beforeAll(async () => {
  fair = await fairWeather();
});

describe.concurrent('Interactive Brokers', () => {
  it.for(outages)('$name', (fault) => suffer(fault, fair));
});
