import { describePage } from './page/describe-page.js';

describePage({ command: 'serve', source: 'mock', styles: ['light', 'dark', 'phone'] });
describePage({ command: 'serve', source: 'gateway', styles: ['light'] });
