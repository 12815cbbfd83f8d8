import { CsnError } from "../base/errors.ts";
import { identityOf } from "../files/file_identities.ts";
import type { EmbeddingMatrix } from "../search/embedding_matrix.ts";
import type { EmbeddingRows, RowBlock } from "../search/embedding_rows.ts";
import { mapMatrix } from "../search/mapped_matrix.ts";
import { mapFile, narrow } from "../tensor/operators.ts";
import {
  readSafetensorsHeader,
  readTensorAt,
  type StoredTensor,
  type TensorPlace,
} from "../tensor/safetensors.ts";
import { scope } from "../tensor/scope.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import { StoredChecksum } from "./stored_checksum.ts";
import { assertWhole, masksOf } from "./stored_embeddings.ts";
import { textsOf } from "./stored_names.ts";
import { unreadable } from "./unreadable_embeddings.ts";

/** Numbers in a block of rows: 8 MB as float32. */
const blockNumbers = 1 << 21;

/** Bytes that are read at a time while a file is examined. */
const pieceBytes = 1 << 22;

/** What is known of a file that is mapped. */
interface Parts {
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  readonly matrix: EmbeddingMatrix;
  readonly names: RowNames;
  readonly masks: ReadonlyMap<string, Float32Array>;
  readonly known: Uint8Array | null;
  readonly stamp: string;
}

/**
 * Named embeddings [N, D] in a `.safetensors` file that `writeEmbeddings` wrote, mapped and not
 * read: memory stays the same however many there are, and int8 codes are used where the file has
 * them. `Model.search` and the like take them as they take an `EmbeddingSet`, and find the same.
 * Freed by `using`. libtorch must be open. The file may be replaced or removed meanwhile, but must
 * not be overwritten in place.
 *
 * @example Search a file without reading it
 * ```ts
 * import { embedFolder, MappedEmbeddings, Model, start, writeEmbeddings } from "@csn/csn";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const images = await embedFolder(model, "photos");
 * await writeEmbeddings("photos.safetensors", images, { masks: model.masks, codes: true });
 * using mapped = await MappedEmbeddings.open("photos.safetensors");
 * const { hits } = await model.searchAsync(mapped.at(0), mapped, { notion: "colour", k: 3 });
 * console.log(hits.map(({ name, distance }) => [name, distance]));
 * ```
 */
export class MappedEmbeddings implements EmbeddingRows, Disposable {
  /** The file. */
  readonly path: string;
  /** N. */
  readonly count: number;
  /** D. */
  readonly dimension: number;
  /** The mask [D] of each notion; empty where the file has none. */
  readonly masks: ReadonlyMap<string, Float32Array>;
  /** What the writer of a kept file says of it; else "". */
  readonly stamp: string;
  readonly identity: MappedEmbeddings = this;
  readonly #parts: Parts;

  private constructor(path: string, parts: Parts) {
    this.path = path;
    this.count = parts.matrix.count;
    this.dimension = parts.matrix.dimension;
    this.masks = parts.masks;
    this.stamp = parts.stamp;
    this.#parts = parts;
  }

  /**
   * Maps a file, after all its bytes were compared with its checksum: 0.1 s for 1,000,000 x 64.
   * Throws a CsnError for one that is missing, damaged, or holds something else.
   */
  static async open(path: string): Promise<MappedEmbeddings> {
    const before = await identityAt(path);
    const { tensors, metadata } = await readSafetensorsHeader(path);
    const rows = tensors.get("embeddings");
    if (rows === undefined || metadata.names === undefined) throw unreadable(path, "it holds none");
    const known = await examined(path, tensors, metadata);
    using stack = new DisposableStack();
    const matrix = stack.use(await mapMatrix(path));
    const names = stack.use(RowNames.of(path, metadata.names, tensors));
    if (names.count !== matrix.count) {
      throw unreadable(path, `it has ${matrix.count} of them and ${names.count} names`);
    }
    const masks = tensors.get("masks");
    const stored = masks === undefined ? undefined : await readTensorAt(path, masks);
    if (before === null || await identityAt(path) !== before) {
      throw new CsnError(
        `Cannot read embeddings from "${path}": it was replaced meanwhile; try again`,
      );
    }
    stack.move();
    return new MappedEmbeddings(path, {
      ...{ tensors, matrix, names, known },
      masks: masksOf(path, stored, metadata.notions, matrix.dimension),
      stamp: metadata.stamp ?? "",
    });
  }

  /** What embedding number `row` belongs to, such as an image's path. */
  nameOf(row: number): string {
    return this.#parts.names.at(row);
  }

  /** Embedding number `row`, [D]. */
  at(row: number): Float32Array {
    return this.#parts.matrix.row(row);
  }

  /** [n, D]: the embeddings number `rows` [n], in that order. */
  take(rows: Uint32Array): Float32Array {
    return this.#parts.matrix.take(rows);
  }

  /** All of them, some at a time, in order. */
  blocks(): Iterable<RowBlock> {
    return this.#parts.matrix.blocks(Math.max(1, Math.floor(blockNumbers / this.dimension)));
  }

  /** [N]: 0 for those that hold NaN or Infinity, as of missing images; null where there are none. */
  known(): Uint8Array | null {
    return this.#parts.known;
  }

  /** What `scan()` takes; freed with these embeddings. */
  matrix(): EmbeddingMatrix {
    return this.#parts.matrix;
  }

  /** All of them in memory. */
  read(): EmbeddingSet {
    const { count, dimension } = this;
    const vectors = new Float32Array(count * dimension);
    for (const block of this.blocks()) vectors.set(block.vectors, block.first * dimension);
    const names = Array.from({ length: count }, (_, row) => this.nameOf(row));
    return new EmbeddingSet({ names, vectors, dimension });
  }

  /** Another tensor of the file; null where it has none by that name. */
  async tensor(name: string): Promise<StoredTensor | null> {
    const place = this.#parts.tensors.get(name);
    return place === undefined ? null : await readTensorAt(this.path, place);
  }

  /** Gives the mapping up. */
  [Symbol.dispose](): void {
    this.#parts.matrix[Symbol.dispose]();
    this.#parts.names[Symbol.dispose]();
  }
}

/** The names of a file: a list, or mapped bytes of which each name is a part. */
class RowNames implements Disposable {
  readonly count: number;
  readonly #list: readonly string[];
  readonly #mapped:
    | { readonly bytes: Tensor; readonly names: number; readonly ends: number }
    | null;

  private constructor(
    list: readonly string[],
    mapped: { readonly bytes: Tensor; readonly names: number; readonly ends: number } | null,
    count: number,
  ) {
    this.#list = list;
    this.#mapped = mapped;
    this.count = count;
  }

  static of(path: string, text: string, tensors: ReadonlyMap<string, TensorPlace>): RowNames {
    const [names, ends] = [tensors.get("names"), tensors.get("name_ends")];
    if (names === undefined || ends === undefined) {
      const list = textsOf(path, "names", text);
      return new RowNames(list, null, list.length);
    }
    const bytes = mapFile(path, [names.fileBytes]);
    return new RowNames([], { bytes, names: names.from, ends: ends.from }, ends.shape[0]);
  }

  at(row: number): string {
    if (this.#mapped === null) return this.#list[row];
    const { bytes, names, ends } = this.#mapped;
    const part = (from: number, to: number) => {
      using some = scope(() => narrow(bytes, { start: from, length: to - from }));
      return some.data() as Uint8Array<ArrayBuffer>;
    };
    // Where the name before ends, and this one.
    const places = new Float64Array(
      part(ends + 8 * Math.max(0, row - 1), ends + 8 * (row + 1)).buffer,
    );
    const from = row === 0 ? 0 : places[0];
    return new TextDecoder().decode(part(names + from, names + places[places.length - 1]));
  }

  [Symbol.dispose](): void {
    this.#mapped?.bytes.dispose();
  }
}

async function identityAt(path: string): Promise<string | null> {
  const info = await Deno.stat(path).catch(() => null);
  return info === null ? null : identityOf(info);
}

/**
 * Reads a file once, in pieces: throws where it is damaged, and gives [N], 0 for rows that hold NaN
 * or Infinity; null where there are none.
 */
async function examined(
  path: string,
  tensors: ReadonlyMap<string, TensorPlace>,
  metadata: Readonly<Record<string, string>>,
): Promise<Uint8Array | null> {
  const checksum = new StoredChecksum();
  const rows = tensors.get("embeddings")!;
  let known: Uint8Array | null = null;
  const bytes = new Uint8Array(pieceBytes);
  using file = await Deno.open(path);
  for (const place of [...tensors.values()].sort((a, b) => a.from - b.from)) {
    await file.seek(place.from, Deno.SeekMode.Start);
    for (let at = place.from; at < place.to;) {
      const piece = await fill(file, bytes.subarray(0, Math.min(pieceBytes, place.to - at)));
      if (piece.length === 0) throw unreadable(path, "it was cut short meanwhile");
      checksum.add(piece);
      if (place === rows) {
        const before = (at - place.from) / (rows.dtype === "float16" ? 2 : 4);
        eachUnknown(piece, rows.dtype, (element) => {
          known ??= new Uint8Array(rows.shape[0]).fill(1);
          known[Math.floor((before + element) / rows.shape[1])] = 0;
        });
      }
      at += piece.length;
    }
  }
  assertWhole(path, metadata, checksum);
  return known;
}

/** `bytes`, filled from a file as far as it goes. */
async function fill(file: Deno.FsFile, bytes: Uint8Array): Promise<Uint8Array> {
  let at = 0;
  while (at < bytes.length) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return bytes.subarray(0, at);
}

/** Calls `found` with the place of each number that is not finite: its exponent is all ones. */
function eachUnknown(bytes: Uint8Array, dtype: string, found: (place: number) => void): void {
  const { buffer, byteOffset, length } = bytes;
  const [numbers, exponent] = dtype === "float16"
    ? [new Uint16Array(buffer, byteOffset, length >> 1), 0x7c00]
    : [new Uint32Array(buffer, byteOffset, length >> 2), 0x7f800000];
  for (let i = 0; i < numbers.length; i++) {
    if ((numbers[i] & exponent) === exponent) found(i);
  }
}
