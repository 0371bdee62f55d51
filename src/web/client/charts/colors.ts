/** Reads a colour of the stylesheet as `#rrggbb`, for the theme in which the element is shown. */
export function readColor(element: Element, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.after(probe);
  const parts = /^rgba?\((\d+), (\d+), (\d+)/.exec(window.getComputedStyle(probe).color);
  probe.remove();
  const [, ...channels] = parts ?? [];
  return channels.length === 0
    ? '#000000'
    : `#${channels.map((channel) => Number(channel).toString(16).padStart(2, '0')).join('')}`;
}

/** Calls a function when the page becomes dark or light; returns how to stop. */
export function onColorChange(listener: () => void): () => void {
  const media = window.matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', listener);
  window.addEventListener('themechange', listener);
  return () => {
    media.removeEventListener('change', listener);
    window.removeEventListener('themechange', listener);
  };
}
