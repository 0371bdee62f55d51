import { expect, test } from 'vitest';

import { createRig } from '../../rig.js';

const pipeline =
  'name: nightly\nprovider: mock\nsymbols: [AAPL]\nschedule: { cron: 30 18 * * 1-5 }\nsteps: { contracts: {} }\n';

test.each([
  ['a line break', 'a\n* * * * * touch x', 'a control character'],
  ['an escape sequence', 'a\u001b[31m', 'a control character'],
  ['a backslash at its end', 'a\\', 'a backslash at its end'],
])('a folder with %s in its name is not installed', async (_, folder, problem) => {
  const rig = await createRig();
  await rig.write(`${folder}/nightly.yaml`, pipeline);
  for (const backend of ['--cron', '--systemd']) {
    const { exitCode, stdout, stderr } = await rig.pipe('schedule', 'install', 'nightly.yaml', backend, '--print', {
      folder,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^pipe: cannot install a name with ${problem}: ".*"\n {2}rename it\n$`));
  }
});
