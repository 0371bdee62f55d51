import { execa } from 'execa';

import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';

/** A new project with the files of another one. `cp` takes a fourth of the CPU time of Node for a lake of many small files. */
export async function copyRig({ folder }: Rig): Promise<Rig> {
  const rig = await createRig();
  await execa('cp', ['-R', `${folder}/.`, rig.folder]);
  return rig;
}
