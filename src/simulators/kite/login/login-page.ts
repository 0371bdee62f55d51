import { html } from '../../../platform/html.js';
import type { Html } from '../../../platform/html.js';

/** Builds the address to which a login redirects the browser, with the request token for the application. */
export function buildRedirectUrl(target: URL, requestToken: string, extraParameters: string | null): string {
  const url = new URL(target);
  const parameters = { action: 'login', type: 'login', status: 'success', request_token: requestToken };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  for (const [name, value] of new URLSearchParams(extraParameters ?? '')) url.searchParams.set(name, value);
  return url.href;
}

/** Parses an address for a redirect; null for anything but HTTP. */
export function parseRedirectTarget(text: string | null): URL | null {
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
}

/** Login page with one button instead of password and second factor. */
export function renderLoginPage(formAction: string, target: URL | null): string {
  return renderPage(
    html`<p>This is a simulator: there is no password.</p>
      <form method="post" action="${formAction}"><button>Log in</button></form>
      <p>${target === null ? 'You will be shown the request token.' : `You will be sent to ${target.host}.`}</p>`,
  );
}

/** Page that shows the request token when no redirect address is known. */
export function renderTokenPage(requestToken: string): string {
  return renderPage(
    html`<p>Logged in. The request token, good once and for three minutes:</p>
      <p><code>${requestToken}</code></p>`,
  );
}

function renderPage(content: Html): string {
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Kite simulator</title>
      </head>
      <body>
        <h1>Kite simulator</h1>
        ${content}
      </body>
    </html> `;
  return markup;
}
