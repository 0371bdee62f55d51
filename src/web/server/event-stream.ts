/** Sends server-sent events to all open pages. Each event is encoded once, however many pages are open. */
export interface EventStream {
  /** A stream for one page; it starts with the last event of each kind. Null if too many pages are open. */
  open(): ReadableStream<Uint8Array> | null;
  /** Sends a document to all pages; a page that reads too slowly is closed, and connects again by itself. */
  send(kind: string, document: unknown): void;
  readonly pages: () => number;
  /** Calls a function when the first page opens and when the last one closes. */
  onDemand(listener: (isWanted: boolean) => void): void;
  close(): void;
}

/** The interval between comments that keep idle connections open, in milliseconds. */
const heartbeat = 15_000;

/** Chunks that may wait for a slow page. */
const maxWaiting = 64;

const maxPages = 80;

export function createEventStream(): EventStream {
  const encoder = new TextEncoder();
  const pages = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const last = new Map<string, Uint8Array>();
  const listeners = new Set<(isWanted: boolean) => void>();
  let timer: NodeJS.Timeout | null = null;

  const remove = (page: ReadableStreamDefaultController<Uint8Array>): void => {
    if (!pages.delete(page) || pages.size > 0) return;
    if (timer !== null) clearInterval(timer);
    timer = null;
    for (const listener of listeners) listener(false);
  };

  const push = (page: ReadableStreamDefaultController<Uint8Array>, chunk: Uint8Array): void => {
    if ((page.desiredSize ?? 0) > -maxWaiting) {
      page.enqueue(chunk);
      return;
    }
    remove(page);
    // What waits would keep the connection open for as long as the page does not read.
    page.error(new Error('the page reads too slowly'));
  };

  const broadcast = (chunk: Uint8Array): void => {
    for (const page of [...pages]) push(page, chunk);
  };

  return {
    open() {
      if (pages.size >= maxPages) return null;
      let own: ReadableStreamDefaultController<Uint8Array> | null = null;
      return new ReadableStream<Uint8Array>({
        start(page) {
          own = page;
          pages.add(page);
          // A client that loses its connection waits this long before it connects again.
          page.enqueue(encoder.encode('retry: 2000\n\n'));
          for (const chunk of last.values()) page.enqueue(chunk);
          if (pages.size > 1) return;
          timer = setInterval(() => broadcast(encoder.encode(': open\n\n')), heartbeat);
          timer.unref();
          for (const listener of listeners) listener(true);
        },
        cancel() {
          if (own !== null) remove(own);
        },
      });
    },
    send(kind, document) {
      const chunk = encoder.encode(`event: ${kind}\ndata: ${JSON.stringify(document)}\n\n`);
      last.set(kind, chunk);
      broadcast(chunk);
    },
    pages: () => pages.size,
    onDemand(listener) {
      listeners.add(listener);
    },
    close() {
      for (const page of [...pages]) {
        remove(page);
        page.close();
      }
    },
  };
}
