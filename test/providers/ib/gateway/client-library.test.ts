import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IBApi } from '@stoqey/ib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { protectSocket } from '../../../../src/providers/ib/gateway/protect-socket.js';

/** What is relied on in the client library beside its documented interface. */
describe('the client library', () => {
  it('has the place where the guard stands', () => {
    const api = new IBApi({ host: '127.0.0.1', port: 1, clientId: 0, maxReqPerSec: 40 });
    expect(protectSocket(api, () => undefined)).toBe(true);
    expect(protectSocket({}, () => undefined)).toBe(false);
  });

  it('reads no .env of the folder we are in when it is told everything', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipe-env-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, '.env'), 'IB_PORT=9999\nFROM_DOTENV=yes\n');
    const library = pathToFileURL(join(import.meta.dirname, '../../../../node_modules/@stoqey/ib/dist/index.js')).href;
    const told = (options: string): string =>
      execFileSync(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `const { IBApi } = await import('${library}');
           const api = new IBApi(${options});
           api.on('error', () => undefined);
           api.connect(0);
           setTimeout(() => { api.disconnect(); process.stdout.write(process.env.FROM_DOTENV ?? 'no'); }, 50);`,
        ],
        { cwd: folder, encoding: 'utf8' },
      );
    expect(told(`{ host: '127.0.0.1', port: 1, clientId: 0, maxReqPerSec: 40 }`)).toBe('no');
    expect(told(`{ host: '127.0.0.1', port: 1 }`)).toBe('yes');
  });
});
