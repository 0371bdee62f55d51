import { html, renderPage } from '../../platform/html.js';
import type { Html } from '../../platform/html.js';
import { formatCount, pluralize } from '../../platform/format.js';
import { formatCertificate, formatFingerprint } from './certificate.js';
import type { Certificate, CertifiedSeries, CertifiedSession } from './certificate.js';
import { nameSeries } from './compare.js';

const embeddedStart = '<script type="application/json" id="certificate">';
const embeddedEnd = '</script>';

/**
 * Renders a certificate as one page, which contains the certificate itself. The page depends on nothing else, so that a
 * verification renders it again and finds every changed byte.
 */
export function renderCertificate(certificate: Certificate): string {
  const { symbol, dataset, from, to, calendar, issuedAt, program, publicKey, signature, summary, series } = certificate;
  const fingerprint = formatFingerprint(Buffer.from(publicKey, 'base64'));
  const states = Object.entries(summary.states).map(([state, count]) => `${formatCount(count)} ${state}`);
  const body = html`<div class="heading">
      <h1>${symbol}: ${dataset}</h1>
      <span class="badge quiet">${from} to ${to}</span>
    </div>
    <p>
      ${pluralize(summary.sessions, 'session')} of ${calendar}, ${pluralize(summary.rows, 'row')}: ${states.join(', ')}
    </p>
    <p class="small quiet">Issued ${issuedAt} by ${program} from version ${certificate.version} of the table.</p>
    <div class="card small">
      <p>Ed25519 key <code>${fingerprint}</code></p>
      <p>Signature <code>${signature}</code></p>
      <p>Hash of all sessions <code>${summary.hash}</code></p>
      <p class="quiet">Verify with: <code>pipe certify --verify FILE --signer ${fingerprint}</code></p>
    </div>
    ${series.map(renderSeries)}`;
  const embedded = formatCertificate(certificate).replaceAll('<', String.raw`\u003c`);
  return renderPage(
    `${symbol} ${dataset} ${from} to ${to}`,
    html`${body}${{ markup: `${embeddedStart}${embedded}${embeddedEnd}` }}`,
  );
}

/** The text of the certificate in a page; null for a page without one. */
export function extractCertificate(page: string): string | null {
  const start = page.indexOf(embeddedStart);
  if (start < 0) return null;
  const end = page.indexOf(embeddedEnd, start);
  return end < 0 ? null : page.slice(start + embeddedStart.length, end).replaceAll(String.raw`\u003c`, '<');
}

function renderSeries(series: CertifiedSeries): Html {
  return html`<h2>${nameSeries(series)}</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Session</th>
            <th>State</th>
            <th class="number">Rows</th>
            <th>Requests</th>
            <th>SHA-256</th>
          </tr>
        </thead>
        <tbody>
          ${series.sessions.map(renderSession)}
        </tbody>
      </table>
    </div>`;
}

/** Options have a request each: a page names some of them, the certificate all. */
const maxRequestsShown = 3;

function renderSession({ date, state, rows, requests, hash }: CertifiedSession): Html {
  const shown = requests.slice(0, maxRequestsShown).map(({ id, requestedAt }) => `${id} (${requestedAt})`);
  const more = requests.length - shown.length;
  const tone = state === 'data' ? 'good' : state === 'empty' ? 'quiet' : 'warn';
  return html`<tr>
    <td>${date}</td>
    <td><span class="badge ${tone}">${state}</span></td>
    <td class="number">${formatCount(rows)}</td>
    <td class="small mono">${shown.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}</td>
    <td class="small mono">${hash}</td>
  </tr>`;
}
