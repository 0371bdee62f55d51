import { describe, expect, it } from 'vitest';
import { findRequirement } from './requirements.js';

describe('what tests need', () => {
  it('is where its variable says', () => {
    const env = { PIPE_TEST_PYTHON: process.execPath, PIPE_REQUIRE_ALL: '1' };
    expect(findRequirement('python', env)).toEqual({ missing: false, path: process.execPath });
  });

  it('is skipped where it is not there, with what would help', () => {
    expect(findRequirement('chromium', { PATH: '/nowhere' })).toEqual({
      missing: true,
      path: '',
      reason: 'needs Chromium: set PIPE_TEST_CHROMIUM or install chromium or chromium-browser or google-chrome',
    });
  });

  it('is not looked for elsewhere when its variable is wrong', () => {
    expect(findRequirement('python', { PIPE_TEST_PYTHON: '/nowhere/python' })).toMatchObject({
      missing: true,
      reason:
        'needs a Python with the packages of .ci/requirements.txt: PIPE_TEST_PYTHON names /nowhere/python, which does not exist',
    });
  });

  it('must be there when everything has to run', () => {
    const env = { PATH: '/nowhere', PIPE_REQUIRE_ALL: '1' };
    expect(() => findRequirement('chromium', env)).toThrow('needs Chromium');
  });

  it('may be missing even then, when nobody can be asked to have it', () => {
    const env = { PIPE_TEST_OPENLINEAGE: '/nowhere', PIPE_REQUIRE_ALL: '1' };
    expect(findRequirement('openlineage', env).missing).toBe(true);
  });
});
