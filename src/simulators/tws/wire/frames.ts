/** The longest body of a frame, as TWS has it. */
export const longestFrame = 0xffffff;

/** One message as it goes over the wire: a length and fields that each end in a zero byte. */
export function frame(fields: readonly (string | number)[]): Buffer {
  return frameOf(`${fields.join('\0')}\0`);
}

/** A frame around a body that is put together already. */
export function frameOf(body: string): Buffer {
  const length = Buffer.byteLength(body);
  const result = Buffer.allocUnsafe(4 + length);
  result.writeUInt32BE(length, 0);
  result.write(body, 4);
  return result;
}

/** The fields of a body. */
export function fieldsOf(body: Buffer): readonly string[] {
  const text = body.toString('utf8');
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
}

/** What bytes make of a stream: whole bodies, or the news that it can no longer be followed. */
export type Received =
  | { readonly kind: 'bodies'; readonly bodies: readonly Buffer[] }
  | { readonly kind: 'too-long'; readonly length: number };

/** Cuts a stream of bytes into the bodies of frames. */
export interface FrameReader {
  push(chunk: Buffer): Received;
}

/** A reader of frames. */
export function frameReader(): FrameReader {
  // Chunks are joined only when a whole frame is there, so that a long one that trickles in is copied once.
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = 4;

  return {
    push(chunk) {
      chunks.push(chunk);
      held += chunk.length;
      if (held < wanted) return { kind: 'bodies', bodies: [] };
      const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks, held);
      const bodies: Buffer[] = [];
      let at = 0;
      wanted = 4;
      while (bytes.length - at >= 4) {
        const length = bytes.readUInt32BE(at);
        if (length > longestFrame) return { kind: 'too-long', length };
        wanted = 4 + length;
        if (bytes.length - at < wanted) break;
        bodies.push(bytes.subarray(at + 4, at + wanted));
        at += wanted;
        wanted = 4;
      }
      chunks = at === bytes.length ? [] : [bytes.subarray(at)];
      held = bytes.length - at;
      return { kind: 'bodies', bodies };
    },
  };
}
