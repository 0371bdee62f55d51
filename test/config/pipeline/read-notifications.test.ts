import { describe, expect, test } from 'vitest';

import { day, hour, minute, second } from '../../../src/core/time/time.js';
import { renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';
import { loadFiles, loadValid, expectValid } from './load-files.js';

const base = 'name: daily\nsymbols: [AAPL]\nsteps: { contracts: {} }\n';

/** Renders all diagnostics of a pipeline with additional settings. */
async function renderAll(text: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const loaded = await loadFiles({ 'daily.yaml': `${base}${text}` }, environment);
  const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return renderDiagnostics(diagnostics, loaded.sourceTexts, { color: false });
}

describe('the notification settings of a pipeline', () => {
  test('are empty by default', async () => {
    const { notifications } = await loadValid(base);
    expect(notifications).toEqual({
      logs: null,
      hooks: { hooks: [], maxConcurrent: 4 },
      alerts: null,
      panels: null,
      secrets: [],
    });
  });

  test('name local paths, not URLs', async () => {
    expect(await renderAll('logs: { file: s3://bucket/pipe.log }\npanels: { folder: gs:/panels }\n')).toBe(
      [
        'daily.yaml:4:15 error not-a-local-path: `s3://bucket/pipe.log` is a URL, and pipe writes to local paths only',
        '  4 | logs: { file: s3://bucket/pipe.log }',
        '    |               ~~~~~~~~~~~~~~~~~~~~',
        '    = name a local or mounted folder',
        '',
        'daily.yaml:5:19 error not-a-local-path: `gs:/panels` is a URL, and pipe writes to local paths only',
        '  5 | panels: { folder: gs:/panels }',
        '    |                   ~~~~~~~~~~',
        '    = name a local or mounted folder',
        '',
      ].join('\n'),
    );
  });

  test('have defaults in every section', async () => {
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
    expect(notifications.logs).toEqual({ file: 'logs/pipe.log', level: 'info', maxBytes: 10_000_000, maxFiles: 7 });
    expect(notifications.panels).toEqual({ folder: 'panels' });
    expect(notifications.hooks).toEqual({
      hooks: [
        { on: 'before_run', command: ['./c.sh'], timeout: 2 * minute, required: true, each: 'run' },
        { on: 'after_store', command: ['./a.sh', '--b'], timeout: 30 * second, required: false, each: 'run' },
      ],
      maxConcurrent: 2,
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
      'corporate_action warning',
      'data_revised warning',
      'task_failed critical',
      'error_rate warning',
      'run_failed critical',
      'run_missed critical',
      'sink_failed critical',
      'quality_violation warning',
      'run_at_risk critical',
    ]);
    for (const { channels, repeatAfter } of notifications.alerts?.rules ?? []) {
      expect({ channels, repeatAfter }).toEqual({ channels: ['ops', 'desk', 'pager'], repeatAfter: day });
    }
  });

  test('of rules override the defaults', async () => {
    const { notifications } = await loadValid(
      `${base}alerts:
  repeat_after: 4h
  rules:
    - { on: error_rate, threshold: 10, min_samples: 5, severity: critical }
    - { on: stale_option_chains, max_age: 36h, repeat_after: 1h }
`,
    );
    expect(notifications.alerts?.rules).toMatchObject([
      { on: 'error_rate', threshold: 0.1, minSamples: 5, severity: 'critical', repeatAfter: 4 * hour, channels: [] },
      { on: 'stale_option_chains', maxAge: 36 * hour, repeatAfter: hour },
    ]);
  });

  test('do not change the hash of the pipeline', async () => {
    const text = `${base}alerts: { channels: { ops: { kind: webhook, url: '\${HOOK}' } } }\n`;
    const one = await loadValid(text, { HOOK: 'https://example.com/1' });
    const other = await loadValid(text, { HOOK: 'https://example.com/2' });
    expect(one.hash).toBe(other.hash);
    expect(one.hash).toBe((await loadValid(base)).hash);
  });
});

describe('invalid notification settings', () => {
  test.each([
    [
      'alerts: { rules: [{ on: run_failed, channels: [opps] }], channels: { ops: { kind: command, command: [a] } } }',
      'did you mean `ops`?',
    ],
    [
      'alerts: { rules: [{ on: run_failed, threshold: 5 }] }',
      '`threshold` is a setting of error_rate, not of `run_failed`',
    ],
    [
      'alerts: { rules: [{ on: run_failed }, { on: run_failed }] }',
      'duplicate rule for `run_failed` with severity critical',
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
      'the password of `a` is written in the file',
    ],
    ['hooks: { after_store: [{ command: [a], timeout: 0s }] }', 'the timeout must be more than 0s'],
    ['hooks: { after_store: [{ command: [a], required: true }] }', '`required` is not a setting of a hook of tasks'],
    ['hooks: { before_run: [{ command: [] }] }', '`command` is an empty list'],
    ['logs: { max_size: 10 }', '`10` is not a size'],
  ])('are reported: %s', async (text, expected) => {
    expect(await renderAll(`${text}\n`)).toContain(expected);
  });

  test('are reported without the secret they contain', async () => {
    const text = "alerts: { channels: { ops: { kind: webhook, url: '${HOOK}' } } }\n";
    const rendered = await renderAll(text, { HOOK: 'ftp://planted.example.com' });
    expect(rendered).toContain('the `url` of `ops` is not an http:// or https:// URL');
    expect(rendered).not.toContain('planted');
    const loaded = await loadFiles({ 'daily.yaml': `${base}${text}` }, { HOOK: 'https://planted.example.com' });
    expect(JSON.stringify(expectValid(loaded).notifications.secrets)).toContain('planted');
  });
});

describe('a channel with unset variables', () => {
  const alerts = `alerts:
  channels:
    ops: { kind: webhook, url: '\${HOOK}' }
    desk: { kind: email, host: '\${HOST}', from: a@b, to: ['\${WHO}'] }
    pager: { kind: command, command: [./page.sh] }
  rules: [{ on: run_failed, channels: [ops, desk, pager] }]
`;
  const loadOptions = { disablesUnsetChannels: true };

  test('is an error by default', async () => {
    const loaded = await loadFiles({ 'daily.yaml': `${base}${alerts}` }, { HOOK: 'https://example.com' });
    expect(loaded).toMatchObject({ ok: false, diagnostics: [{ severity: 'error' }, { severity: 'error' }] });
  });

  test('is disabled with `disablesUnsetChannels`, and other channels are not', async () => {
    const loaded = await loadFiles({ 'daily.yaml': `${base}${alerts}` }, {}, loadOptions);
    expect(expectValid(loaded).notifications.alerts?.channels).toEqual([
      { kind: 'command', name: 'pager', command: ['./page.sh'], timeout: 30 * second },
      { kind: 'disabled', name: 'ops', reason: 'the environment variable `HOOK` is not set' },
      { kind: 'disabled', name: 'desk', reason: 'the environment variables `HOST` and `WHO` are not set' },
    ]);
    if (loaded.ok) {
      expect(renderDiagnostics(loaded.warnings.slice(0, 1), loaded.sourceTexts, { color: false })).toBe(
        `daily.yaml:6:33 warning unset-variable: the environment variable \`HOOK\` is not set; the channel \`ops\` is disabled
  6 |     ops: { kind: webhook, url: '\${HOOK}' }
    |                                 ~~~~~~~
    = set it, or add a default: \`\${HOOK:-…}\`
`,
      );
      expect(loaded.warnings.map(({ code }) => code)).toEqual(Array(3).fill('unset-variable'));
    }
  });

  test('changes no other setting of the pipeline', async () => {
    const environment = { HOOK: 'https://example.com', HOST: 'mail', WHO: 'c@d' };
    const whole = expectValid(await loadFiles({ 'daily.yaml': `${base}${alerts}` }, environment, loadOptions));
    const without = expectValid(await loadFiles({ 'daily.yaml': `${base}${alerts}` }, {}, loadOptions));
    expect({ ...without, notifications: whole.notifications }).toEqual(whole);
    expect(without.notifications.alerts?.rules).toEqual(whole.notifications.alerts?.rules);
  });

  test.for([
    ['in a hook', `hooks: { after_store: [{ command: [./a.sh, '\${WORD}'] }] }\n`],
    [
      'in a hook that shares it',
      `hooks: { after_store: [{ command: &words [./a.sh, '\${WORD}'] }] }\nalerts: { channels: { a: { kind: command, command: *words } } }\n`,
    ],
    ['in a rule', `alerts: { channels: { a: { kind: command, command: [a] } }, rules: [{ on: '\${WORD}' }] }\n`],
    ['with an invalid name', `alerts: { channels: { a: { kind: command, command: ['\${1}'] } } }\n`],
  ] as const)('is an error if the variable is %s', async ([, text]) => {
    const loaded = await loadFiles({ 'daily.yaml': `${base}${text}` }, {}, loadOptions);
    expect(loaded).toMatchObject({ ok: false, diagnostics: [{ severity: 'error' }] });
  });
});
