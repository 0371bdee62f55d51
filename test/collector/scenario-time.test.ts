import { expect, it } from 'vitest';

import { createRig } from '../rig.js';

it('continues the scenario of the synthetic provider in the runs of a collector', async () => {
  const rig = await createRig();
  await rig.write(
    'later.yaml',
    'name: later\nsource: synthetic\nrules: [{ when: { request: contracts }, skip: 2, do: { failure: denied } }]\n',
  );
  await rig.write(
    'often.yaml',
    `name: often
provider: synthetic
symbols: [AAPL]
schedule: { every: 1s, max_cycles: 3 }
steps: { contracts: { refresh: 0s } }
providers: { synthetic: { scenario: later.yaml } }
`,
  );
  for (let collector = 1; collector <= 2; collector++) {
    const { stdout } = await rig.spawn('serve', 'often.yaml', '--no-http', '--json').result;
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    const outcomes = events.filter(({ type }) => type === 'cycle-ended').map(({ outcome }) => outcome);
    // A new collector starts the scenario anew, but does not ask again for what was denied before.
    expect(outcomes, `collector ${collector}`).toEqual(
      collector === 1 ? ['ok', 'ok', 'failed'] : ['partial', 'partial', 'partial'],
    );
  }
  const alone = await rig.pipe('run', 'often.yaml', '--retry-denied');
  expect(alone.exitCode).toBe(0);
});
