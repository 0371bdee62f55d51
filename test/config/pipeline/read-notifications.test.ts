import { describe, expect, test } from 'vitest';

import { day, hour, minute, second } from '../../../src/core/time/time.js';
import { renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';
import { loadFiles, loadValid, expectValid } from './load-files.js';

const base = 'name: daily\nsymbols: [AAPL]\nsteps: { contracts: {} }\n';

/** What is said about a file that is not as it should be. */
async function renderAll(text: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const loaded = await loadFiles({ 'daily.yaml': `${base}${text}` }, environment);
  const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return renderDiagnostics(diagnostics, loaded.sourceTexts, { color: false });
}

describe('what a pipeline says of what is told', () => {
  test('is nothing when it says nothing', async () => {
    const { notifications } = await loadValid(base);
    expect(notifications).toEqual({
      logs: null,
      hooks: { hooks: [], atOnce: 4 },
      alerts: null,
      panels: null,
      secrets: [],
    });
  });

  test('is read with its defaults', async () => {
    const { notifications } = await loadValid(
      `${base}logs: {}
panels: {}
hooks: { after_store: [{ command: [./a.sh, --b] }], before_run: [{ command: [./c.sh], required: true, timeout: 2m }], parallel: 2 }
alerts:
  channels:
    ops: { kind: webhook, url: '\${HOOK}' }
    desk: { kind: email, host: mail, from: a@b, to: [c@d], user: me, password: '\${PW}' }
    pager: { kind: command, command: [./page.sh, '\${WORD}'] }
`,
      { HOOK: 'https://example.com/hook', PW: 'password', WORD: 'word-of-it' },
    );
    expect(notifications.logs).toEqual({ file: 'logs/pipe.log', level: 'info', maxSize: 10_000_000, keep: 7 });
    expect(notifications.panels).toEqual({ folder: 'panels' });
    expect(notifications.hooks).toEqual({
      hooks: [
        { on: 'before_run', command: ['./c.sh'], timeout: 2 * minute, required: true, each: 'run' },
        { on: 'after_store', command: ['./a.sh', '--b'], timeout: 30 * second, required: false, each: 'run' },
      ],
      atOnce: 2,
    });
    expect(notifications.alerts?.channels).toMatchObject([
      { name: 'ops', format: 'slack' },
      { name: 'desk', port: 587, security: 'starttls', login: { user: 'me', password: 'password' } },
      { name: 'pager', command: ['./page.sh', 'word-of-it'] },
    ]);
    expect(notifications.secrets).toEqual([
      'https://example.com/hook',
      'password',
      '\u0000me\u0000password',
      'word-of-it',
    ]);
    expect(notifications.alerts?.rules.map(({ on, severity }) => `${on} ${severity}`)).toEqual([
      'prerequisite_violation critical',
      'data_integrity_failure critical',
      'api_circuit_breaker_open critical',
      'stale_option_chains critical',
      'missing_equity_data critical',
      'task_failed critical',
      'error_rate warning',
      'run_failed critical',
      'run_missed critical',
    ]);
    for (const { channels, repeatAfter } of notifications.alerts?.rules ?? []) {
      expect({ to: channels, repeatAfter }).toEqual({ to: ['ops', 'desk', 'pager'], repeatAfter: day });
    }
  });

  test('is read where rules say more', async () => {
    const { notifications } = await loadValid(
      `${base}alerts:
  repeat_after: 4h
  rules:
    - { on: error_rate, above: 10, at_least: 5, severity: critical }
    - { on: stale_option_chains, older_than: 36h, repeat_after: 1h }
`,
    );
    expect(notifications.alerts?.rules).toMatchObject([
      { on: 'error_rate', above: 0.1, atLeast: 5, severity: 'critical', repeatAfter: 4 * hour, to: [] },
      { on: 'stale_option_chains', olderThan: 36 * hour, repeatAfter: hour },
    ]);
  });

  test('does not change the hash: a password that changes changes no plan', async () => {
    const text = `${base}alerts: { channels: { ops: { kind: webhook, url: '\${HOOK}' } } }\n`;
    const one = await loadValid(text, { HOOK: 'https://example.com/1' });
    const other = await loadValid(text, { HOOK: 'https://example.com/2' });
    expect(one.hash).toBe(other.hash);
    expect(one.hash).toBe((await loadValid(base)).hash);
  });
});

describe('what is wrong with it is told', () => {
  test.each([
    [
      'alerts: { rules: [{ on: run_failed, to: [opps] }], channels: { ops: { kind: command, command: [a] } } }',
      'did you mean `ops`?',
    ],
    [
      'alerts: { rules: [{ on: run_failed, above: 5 }] }',
      '`above` is a setting of error_rate, and this is `run_failed`',
    ],
    [
      'alerts: { rules: [{ on: run_failed }, { on: run_failed }] }',
      'two rules about `run_failed` have the severity critical',
    ],
    ['alerts: { rules: [{ on: run_fialed }] }', 'did you mean `run_failed`?'],
    ['alerts: { channels: { ops: { kind: webhok, url: x } } }', 'did you mean `webhook`?'],
    ['alerts: { channels: { ops: { url: x } } }', 'a channel needs `kind`'],
    [
      'alerts: { channels: { a: { kind: email, host: m, from: a@b, to: [c@d], user: me } } }',
      'the login of `a` needs `password`',
    ],
    [
      'alerts: { channels: { a: { kind: email, host: m, from: a@b, to: [c@d], user: me, password: planted } } }',
      'the password of `a` stands in the file',
    ],
    ['hooks: { after_store: [{ command: [a], timeout: 0s }] }', 'a command would have no time at all'],
    ['hooks: { after_store: [{ command: [a], required: true }] }', '`required` is not a setting of a hook of tasks'],
    ['hooks: { before_run: [{ command: [] }] }', '`command` is an empty list'],
    ['logs: { max_size: 10 }', '`10` is not a size'],
  ])('%s', async (text, expected) => {
    expect(await renderAll(`${text}\n`)).toContain(expected);
  });

  test('without the secret that is wrong', async () => {
    const text = "alerts: { channels: { ops: { kind: webhook, url: '${HOOK}' } } }\n";
    const words = await renderAll(text, { HOOK: 'ftp://planted.example.com' });
    expect(words).toContain('the `url` of `ops` is not an address of http:// or https://');
    expect(words).not.toContain('planted');
    const loaded = await loadFiles({ 'daily.yaml': `${base}${text}` }, { HOOK: 'https://planted.example.com' });
    expect(JSON.stringify(expectValid(loaded).notifications.secrets)).toContain('planted');
  });
});

describe('a channel whose variables are not there', () => {
  const alerts = `alerts:
  channels:
    ops: { kind: webhook, url: '\${HOOK}' }
    desk: { kind: email, host: '\${HOST}', from: a@b, to: ['\${WHO}'] }
    pager: { kind: command, command: [./page.sh] }
  rules: [{ on: run_failed, to: [ops, desk, pager] }]
`;
  const inUse = { disablesUnsetChannels: true };

  test('is wrong when it is looked at', async () => {
    const loaded = await loadFiles({ 'daily.yaml': `${base}${alerts}` }, { HOOK: 'https://example.com' });
    expect(loaded).toMatchObject({ ok: false, diagnostics: [{ severity: 'error' }, { severity: 'error' }] });
  });

  test('is left out where the pipeline is used, and the others are not', async () => {
    const loaded = await loadFiles({ 'daily.yaml': `${base}${alerts}` }, {}, inUse);
    expect(expectValid(loaded).notifications.alerts?.channels).toEqual([
      { kind: 'command', name: 'pager', command: ['./page.sh'], timeout: 30 * second },
      { kind: 'unusable', name: 'ops', why: 'the environment has no variable `HOOK`' },
      { kind: 'unusable', name: 'desk', why: 'the environment has no variable `HOST` and `WHO`' },
    ]);
    if (loaded.ok) {
      expect(renderDiagnostics(loaded.warnings.slice(0, 1), loaded.sourceTexts, { color: false })).toBe(
        `daily.yaml:6:33 warning unset-variable: the environment has no variable \`HOOK\`: the channel \`ops\` is left out
  6 |     ops: { kind: webhook, url: '\${HOOK}' }
    |                                 ~~~~~~~
    = set it, or give a default: \`\${HOOK:-…}\`
`,
      );
      expect(loaded.warnings.map(({ code }) => code)).toEqual(Array(3).fill('unset-variable'));
    }
  });

  test('changes nothing else of the pipeline', async () => {
    const environment = { HOOK: 'https://example.com', HOST: 'mail', WHO: 'c@d' };
    const whole = expectValid(await loadFiles({ 'daily.yaml': `${base}${alerts}` }, environment, inUse));
    const without = expectValid(await loadFiles({ 'daily.yaml': `${base}${alerts}` }, {}, inUse));
    expect({ ...without, telling: whole.notifications }).toEqual(whole);
    expect(without.notifications.alerts?.rules).toEqual(whole.notifications.alerts?.rules);
  });

  test.for([
    ['in a hook', `hooks: { after_store: [{ command: [./a.sh, '\${WORD}'] }] }\n`],
    [
      'in a hook that shares it',
      `hooks: { after_store: [{ command: &words [./a.sh, '\${WORD}'] }] }\nalerts: { channels: { a: { kind: command, command: *words } } }\n`,
    ],
    ['in a rule', `alerts: { channels: { a: { kind: command, command: [a] } }, rules: [{ on: '\${WORD}' }] }\n`],
    ['and is no name', `alerts: { channels: { a: { kind: command, command: ['\${1}'] } } }\n`],
  ] as const)('is an error still %s', async ([, text]) => {
    const loaded = await loadFiles({ 'daily.yaml': `${base}${text}` }, {}, inUse);
    expect(loaded).toMatchObject({ ok: false, diagnostics: [{ severity: 'error' }] });
  });
});
