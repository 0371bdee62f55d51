import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own for a test, as small as it likes. */
export interface SmallDisk {
  resize(kilobytes: number): void;
  readOnly(): void;
  writable(): void;
  unmount(): void;
}

function mount(...args: readonly string[]): boolean {
  return spawnSync('mount', [...args], { stdio: 'ignore' }).status === 0;
}

function mountedAt(folder: string, kilobytes: number): SmallDisk | null {
  if (!mount('-t', 'tmpfs', '-o', `size=${String(kilobytes)}k`, 'tmpfs', folder)) return null;
  const remount = (options: string): void => {
    if (!mount('-o', `remount,${options}`, folder))
      throw new Error(`${folder} could not be mounted again with ${options}`);
  };
  return {
    resize: (size) => {
      remount(`size=${String(size)}k`);
    },
    readOnly: () => {
      remount('ro');
    },
    writable: () => {
      remount('rw');
    },
    unmount: () => {
      spawnSync('umount', ['-l', folder], { stdio: 'ignore' });
    },
  };
}

/** Mounts a disk in a new folder; only root may, and not everywhere. */
export function smallDisk(folder: string, kilobytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  const disk = mountedAt(folder, kilobytes);
  if (disk === null) throw new Error(`no disk can be mounted at ${folder}`);
  return disk;
}

/** Whether this process may mount disks, found out by doing it. */
export const mayMount: boolean = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-mount-'));
  const disk = mountedAt(folder, 64);
  disk?.unmount();
  rmdirSync(folder);
  return disk !== null;
})();
