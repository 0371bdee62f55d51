/** Reads a colour of the stylesheet, which knows whether the page is dark. */
export function readColor(element: Element, name: string): string {
  return window.getComputedStyle(element).getPropertyValue(name).trim();
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
