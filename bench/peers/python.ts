import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A Python with packages to compare with, or why there is none. */
export type Python = { readonly program: string } | { readonly absent: string };

const sources = fileURLToPath(new URL('../../../bench/peers', import.meta.url));

/** The path of a script beside this file: scripts in Python are not compiled to another folder. */
export function getScriptPath(name: string): string {
  return join(sources, name);
}

let found: Python | null = null;

/** Returns the Python of `PIPE_BENCH_PYTHON`, or one of its own into which it installs the peers once. */
export function findPython(): Python {
  return (found ??= installPython());
}

function installPython(): Python {
  const chosen = process.env['PIPE_BENCH_PYTHON'];
  if (chosen !== undefined) return { program: chosen };
  const folder = join(tmpdir(), 'pipe-bench-python');
  const program = join(folder, 'bin/python');
  const installed = join(folder, 'installed');
  if (existsSync(installed)) return { program };
  process.stderr.write('  installing the Python packages to compare with …\n');
  const steps = [
    ['python3', '-m', 'venv', folder],
    [program, '-m', 'pip', 'install', '-q', '--only-binary=:all:', '-r', getScriptPath('requirements.txt')],
    ['touch', installed],
  ];
  for (const [command = '', ...args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (status === 0) continue;
    const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
    return { absent: `cannot be installed: ${command} ${args.join(' ')}: ${reason}` };
  }
  return { program };
}
