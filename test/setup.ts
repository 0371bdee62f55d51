import fc from 'fast-check';
import { afterAll } from 'vitest';

import { closeRigs } from './rig.js';

// Property tests try the same cases in every run, so that failures can be reproduced. `PIPE_SEED` selects other cases.
fc.configureGlobal({ seed: Number(process.env['PIPE_SEED'] ?? '20261121') });

afterAll(closeRigs);
