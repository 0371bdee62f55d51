import { expect, test } from 'vitest';

import { requireLocalPath } from '../../src/app/local-path.js';
import { findStateFolder } from '../../src/app/state-folder.js';

test.each(['data', './data', '/mnt/lake', '../a:b', 'a:b', 'C:/lake', 'folder with: colon/x'])(
  '%j is a path',
  (path) => {
    expect(requireLocalPath('--data', path)).toBe(path);
  },
);

test('an empty path is rejected', () => {
  expect(() => requireLocalPath('--data', '')).toThrow('--data is empty');
});

test.each(['s3://bucket/lake', 'S3://bucket', 'gs:/bucket', 'hdfs://host:9000/x', 'file:///tmp/lake', 'x-y.z+1://a'])(
  '%j is a URL, which is rejected',
  (path) => {
    expect(() => requireLocalPath('--data', path)).toThrow(`--data ${path} is a URL`);
  },
);

test('a URL in PIPE_STATE is rejected', () => {
  expect(() => findStateFolder({ PIPE_STATE: 's3://bucket/state' })).toThrow('PIPE_STATE s3://bucket/state is a URL');
  expect(findStateFolder({ PIPE_STATE: '/state' })?.path).toBe('/state');
});
