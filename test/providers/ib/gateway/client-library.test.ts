import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IBApi } from '@stoqey/ib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { protectSocket } from '../../../../src/providers/ib/gateway/protect-socket.js';

/** Undocumented behavior of the client library on which the adapter depends. */
describe('the client library', () => {
  it('has the receiving methods that protectSocket replaces, which otherwise throws', () => {
    const api = new IBApi({ host: '127.0.0.1', port: 1, clientId: 0, maxReqPerSec: 40 });
    const ignore = (): void => undefined;
    const listener = { onProtocolError: ignore, onBars: ignore, onUndecodable: ignore, onSkipped: ignore };
    expect(() => protectSocket(api, listener)).not.toThrow();
    expect(() => protectSocket({}, listener)).toThrow('@stoqey/ib has no controller.socket');
  });

  it('reads no .env file of the working folder when every option is given', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipe-env-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, '.env'), 'IB_PORT=9999\nFROM_DOTENV=yes\n');
    const library = pathToFileURL(join(import.meta.dirname, '../../../../node_modules/@stoqey/ib/dist/index.js')).href;
    const runWithOptions = (options: string): string =>
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
    expect(runWithOptions(`{ host: '127.0.0.1', port: 1, clientId: 0, maxReqPerSec: 40 }`)).toBe('no');
    expect(runWithOptions(`{ host: '127.0.0.1', port: 1 }`)).toBe('yes');
  });
});
