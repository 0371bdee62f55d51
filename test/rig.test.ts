import { describe, expect, it } from 'vitest';
import { createRig, normalizeOutput } from './rig.js';

/** A preload that prints `ready` and then blocks the command forever. */
const stay = 'process.stderr.write("ready\\n"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';

describe('the rig', () => {
  it('runs the real command in a new folder', async () => {
    const rig = await createRig();
    const result = await rig.pipe('--version');
    expect(result).toMatchObject({ exitCode: 0, signal: null });
    expect(result.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('returns the exit code and the output of a call that fails', async () => {
    const rig = await createRig();
    const result = await rig.pipe('no-such-command');
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('no-such-command');
    expect(result.stdout).toBe('');
  });

  it('returns written files and lists files in order', async () => {
    const rig = await createRig();
    await rig.write('b/two.yaml', 'two');
    await rig.write('a.yaml', 'one');
    expect(await rig.files()).toEqual(['a.yaml', 'b/two.yaml']);
    expect(await rig.read('b/two.yaml')).toBe('two');
  });

  it('passes no variable of the surrounding environment to a call', async () => {
    process.env['PIPE_RIG_TRIAL'] = 'outside';
    const rig = await createRig();
    await rig.write('show.cjs', 'process.stderr.write(JSON.stringify(process.env) + "\\n");');
    const preload = `--require=${rig.path('show.cjs')}`;
    const { stderr } = await rig.pipe('--version', { env: { NODE_OPTIONS: preload, EXTRA: 'inside' } });
    const env = JSON.parse(stderr.split('\n')[0] ?? '') as Record<string, string>;
    expect(Object.keys(env).sort()).toEqual(
      ['EXTRA', 'HOME', 'LANG', 'NODE_OPTIONS', 'NO_COLOR', 'PATH', 'TMPDIR', 'TZ'].sort(),
    );
    expect(env['HOME']?.startsWith(rig.folder.replace(/project$/, ''))).toBe(true);
  });

  it('waits for the output of a running call and kills the call', async () => {
    const rig = await createRig();
    await rig.write('stay.cjs', stay);
    const call = rig.spawn('--version', { env: { NODE_OPTIONS: `--require=${rig.path('stay.cjs')}` } });
    await call.waitForOutput('ready');
    call.kill('SIGKILL');
    expect(await call.result).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    await expect(call.waitForOutput('something else')).rejects.toThrow('ended without saying something else');
  });

  it('fails a call that does not end', async () => {
    const rig = await createRig();
    await rig.write('stay.cjs', stay);
    const env = { NODE_OPTIONS: `--require=${rig.path('stay.cjs')}` };
    await expect(rig.pipe('--version', { env, timeout: 1_000 })).rejects.toThrow('did not end within 1000 ms');
  });

  it('removes its folder and kills running calls when it closes', async () => {
    const rig = await createRig();
    await rig.write('stay.cjs', stay);
    const call = rig.spawn('--version', { env: { NODE_OPTIONS: `--require=${rig.path('stay.cjs')}` } });
    await call.waitForOutput(/ready/);
    await rig.close();
    expect((await call.result).signal).toBe('SIGKILL');
    await expect(rig.files()).rejects.toThrow('ENOENT');
  });
});

describe('normalizeOutput', () => {
  it('replaces the folder by its name, and run ids by numbers in order of appearance', () => {
    const [one, two] = ['0199a1b2-0000-7abc-8def-000000000001', '0199a1b2-0000-7abc-8def-000000000002'];
    expect(normalizeOutput(`${two} in /tmp/x/project/data\n${one}/3 after ${two}`, '/tmp/x/project')).toBe(
      '<run 1> in <project>/data\n<run 2>/3 after <run 1>',
    );
  });

  it('leaves other ids unchanged', () => {
    const id = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    expect(normalizeOutput(id, '/tmp')).toBe(id);
  });
});
