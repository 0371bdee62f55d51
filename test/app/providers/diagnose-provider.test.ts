import { describe, expect, test } from 'vitest';

import { exitCode } from '../../../src/app/exit-code.js';
import { targetProvider, toDoctorExitCode } from '../../../src/app/providers/diagnose-provider.js';
import type { DoctorCheck } from '../../../src/providers/doctor-check.js';

const check = (name: string, status: DoctorCheck['status']): DoctorCheck => ({ name, status, message: '', hint: '' });

describe('toDoctorExitCode', () => {
  test('is 0 when no check failed, though one could not be made', () => {
    expect(toDoctorExitCode([check('connection', 'ok'), check('history', 'unknown')])).toBe(exitCode.done);
  });

  test('is 5 when a check other than that of the connection failed', () => {
    expect(toDoctorExitCode([check('connection', 'ok'), check('history', 'failed')])).toBe(exitCode.checkFailed);
  });

  test.each(['connection', 'credentials', 'login', 'accounts'])('is 4 when the check %s failed', (name) => {
    expect(toDoctorExitCode([check(name, 'failed'), check('history', 'failed')])).toBe(exitCode.provider);
  });
});

describe('targetProvider', () => {
  test('takes the settings of the environment', () => {
    const { providers, settings } = targetProvider('ib', { environment: { IB_PORT: '4002' } });
    expect(providers).toEqual(['ib']);
    expect(settings.ib.port).toBe(4002);
  });

  test('an invalid variable is rejected by its name', () => {
    expect(() => targetProvider('ib', { environment: { IB_PORT: 'x' } })).toThrow(
      'the environment variable IB_PORT is not a port',
    );
  });
});
