/** The longest body of a frame, as TWS has it. */
export const maxFrameLength = 0xffffff;

/** One message as it goes over the wire: a length and fields that each end in a zero byte. */
export function encodeFrame(fields: readonly (string | number)[]): Buffer {
  return encodeFrameBody(`${fields.join('\0')}\0`);
}

/** A frame around a body that is put together already. */
export function encodeFrameBody(body: string): Buffer {
  const length = Buffer.byteLength(body);
  const result = Buffer.allocUnsafe(4 + length);
  result.writeUInt32BE(length, 0);
  result.write(body, 4);
  return result;
}

/** The fields of a body. */
export function decodeFields(body: Buffer): readonly string[] {
  const text = body.toString('utf8');
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
}

/** What bytes make of a stream: whole bodies, or the news that it can no longer be followed. */
export type FrameReaderResult =
  | { readonly kind: 'bodies'; readonly bodies: readonly Buffer[] }
  | { readonly kind: 'too-long'; readonly length: number };

/** Cuts a stream of bytes into the bodies of frames. */
export interface FrameReader {
  push(chunk: Buffer): FrameReaderResult;
}

/** A reader of frames. */
export function createFrameReader(): FrameReader {
  // Chunks are joined only when a whole frame is there, so that a long one that trickles in is copied once.
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
