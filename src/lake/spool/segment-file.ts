import { closeSync, fdatasync, ftruncate, openSync, writevSync } from 'node:fs';
import { promisify } from 'node:util';

/** The operations on an open file that a spool needs. */
export interface SegmentFile {
  /** May write less than given, as the system does when the disk fills up; returns the number of written bytes. */
  write(pieces: readonly Uint8Array[], position: number): Promise<number>;
  /** Resolves when the bytes written so far survive a power cut. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** Creates the file of a new segment; fails if it exists. */
export type CreateSegmentFile = (path: string) => Promise<SegmentFile>;

const syncData = promisify(fdatasync);
const truncate = promisify(ftruncate);

/**
 * Opens and writes in the thread of the caller. The threads of asynchronous calls are those that DuckDB, compression and `fsync`
 * use: on a loaded machine a received result waited for them up to half a second, and was lost if the process was killed. A
 * write goes to memory of the system and takes microseconds.
 */
export const createSegmentFile: CreateSegmentFile = async (path) => {
  const descriptor = openSync(path, 'wx');
  return {
    write: async (pieces, position) => writevSync(descriptor, [...pieces], position),
    sync: () => syncData(descriptor),
    truncate: (length) => truncate(descriptor, length),
    close: async () => closeSync(descriptor),
  };
};

/** Writes all pieces, in as many calls as the system needs. */
export async function writeFully(file: SegmentFile, pieces: readonly Uint8Array[], position: number): Promise<void> {
  let rest = pieces;
  let offset = position;
  while (rest.length > 0) {
    const written = await file.write(rest, offset);
    offset += written;
    rest = skipBytes(rest, written);
  }
}

function skipBytes(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skip = bytes;
  let index = 0;
  for (let piece = pieces[0]; piece !== undefined && piece.byteLength <= skip; piece = pieces[++index]) {
    skip -= piece.byteLength;
  }
  const [first, ...others] = pieces.slice(index);
  return first === undefined ? [] : [first.subarray(skip), ...others];
}
