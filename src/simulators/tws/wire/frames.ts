/** Maximum body length of a frame in bytes, as in TWS. */
export const maxFrameLength = 0xffffff;

/** Encodes one message: its length and its fields, each followed by a zero byte. */
export function encodeFrame(fields: readonly (string | number)[]): Buffer {
  return encodeFrameBody(`${fields.join('\0')}\0`);
}

/** Encodes an assembled body as a frame. */
export function encodeFrameBody(body: string): Buffer {
  const length = Buffer.byteLength(body);
  const result = Buffer.allocUnsafe(4 + length);
  result.writeUInt32BE(length, 0);
  result.write(body, 4);
  return result;
}

/** Splits a body into fields. */
export function decodeFields(body: Buffer): readonly string[] {
  const text = body.toString('utf8');
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
}

/** Result of reading bytes: complete bodies, or `too-long` if the stream cannot be read any further. */
export type FrameReaderResult =
  | { readonly kind: 'bodies'; readonly bodies: readonly Buffer[] }
  | { readonly kind: 'too-long'; readonly length: number };

/** Splits a stream of bytes into frame bodies. */
export interface FrameReader {
  push(chunk: Buffer): FrameReaderResult;
}

export function createFrameReader(): FrameReader {
  // Concatenate chunks only when a frame is complete, so that a long frame in many chunks is copied once.
  let chunks: Buffer[] = [];
  let bufferedBytes = 0;
  let neededBytes = 4;

  return {
    push(chunk) {
      chunks.push(chunk);
      bufferedBytes += chunk.length;
      if (bufferedBytes < neededBytes) return { kind: 'bodies', bodies: [] };
      const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks, bufferedBytes);
      const bodies: Buffer[] = [];
      let offset = 0;
      neededBytes = 4;
      while (bytes.length - offset >= 4) {
        const length = bytes.readUInt32BE(offset);
        if (length > maxFrameLength) return { kind: 'too-long', length };
        neededBytes = 4 + length;
        if (bytes.length - offset < neededBytes) break;
        bodies.push(bytes.subarray(offset + 4, offset + neededBytes));
        offset += neededBytes;
        neededBytes = 4;
      }
      chunks = offset === bytes.length ? [] : [bytes.subarray(offset)];
      bufferedBytes = bytes.length - offset;
      return { kind: 'bodies', bodies };
    },
  };
}
