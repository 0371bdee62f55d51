import { beforeAll, describe, it } from 'vitest';
import type { Held } from './held.js';
import { codeFaults } from './rows/codes.js';
import { fairWeather, suffer } from './suffer.js';

let fair: Held;
beforeAll(async () => {
  fair = await fairWeather();
});

describe.concurrent('Interactive Brokers', () => {
  it.for(codeFaults)('$name', (fault) => suffer(fault, fair));
});
