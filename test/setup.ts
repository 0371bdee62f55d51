import fc from 'fast-check';
import { afterAll } from 'vitest';

import { closeRigs } from './rig.js';

// The same cases in every run, so that a failure can be looked at and a pass means the same twice. `PIPE_SEED` tries others.
fc.configureGlobal({ seed: Number(process.env['PIPE_SEED'] ?? '20261121') });

afterAll(closeRigs);
