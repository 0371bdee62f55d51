import { describe, expect, it } from 'vitest';
import { findRequirement } from './requirements.js';

describe('findRequirement', () => {
  it('returns the path that the variable names', () => {
    const env = { PIPE_TEST_PYTHON: process.execPath, PIPE_REQUIRE_ALL: '1' };
    expect(findRequirement('python', env)).toEqual({ missing: false, path: process.execPath });
  });

  it('returns the packages to install when no program is found', () => {
    expect(findRequirement('chromium', { PATH: '/nowhere' })).toEqual({
      missing: true,
      path: '',
      reason: 'needs Chromium: set PIPE_TEST_CHROMIUM or install chromium or chromium-browser or google-chrome',
    });
  });

  it('does not search elsewhere when the variable names a missing file', () => {
    expect(findRequirement('python', { PIPE_TEST_PYTHON: '/nowhere/python' })).toMatchObject({
      missing: true,
      reason:
        'needs a Python with the packages of .ci/requirements.txt: PIPE_TEST_PYTHON names /nowhere/python, which does not exist',
    });
  });

  it('throws when PIPE_REQUIRE_ALL=1 and no program is found', () => {
    const env = { PATH: '/nowhere', PIPE_REQUIRE_ALL: '1' };
    expect(() => findRequirement('chromium', env)).toThrow('needs Chromium');
  });

  it('does not throw for an optional requirement', () => {
    const env = { PIPE_TEST_OPENLINEAGE: '/nowhere', PIPE_REQUIRE_ALL: '1' };
    expect(findRequirement('openlineage', env).missing).toBe(true);
  });
});
