/** Spoils right files: a few bytes of them, or one value of a JSON text. */
import fc from "fast-check";
import { bytesOf } from "./parser.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Longest input: files grow by repetition. */
const mostBytes = 100_000;

/** What is put into files. */
const tokens: readonly Bytes[] = [
  ...[
    "\0",
    "\ufeff",
    "\ufffd",
    "\r\n",
    "\r",
    "\n\n",
    "\t",
    " ",
    '"',
    "'",
    "\\",
    ",",
    ";",
    ":",
    "|",
  ],
  ...["[", "]", "{", "}", "-", "0", "-0", "1e999", "1e-999", "0.5", "2.5e3", "NaN", "Infinity"],
  ...["99999999999999999999", "4294967296", "9007199254740993", "18446744073709551615", "-1"],
  ...["null", "true", "{}", "[]", '""', '{"a":', "__proto__", "constructor", "toString", "length"],
  ...["../", "/", "C:\\", "%00", "\ud83d\ude00", "é", "e\u0301", "\u202e", "\u2028", "sep=;\n"],
].map(bytesOf).concat(
  [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xff, 0xfe], [0xfe, 0xff], [0xf4, 0x90, 0x80, 0x80]].map(
    (bytes) => Uint8Array.from(bytes),
  ),
);

/** What is put in now and then, for its depth or length. */
const long: readonly Bytes[] = ["[", '{"a":', "(", '"', "\n", "1", "a,"].map((text) =>
  bytesOf(text.repeat(10_000))
);

function tokenOf(which: number): Bytes {
  const of = which % 101 === 0 ? long : tokens;
  return of[Math.floor(which / 101) % of.length];
}

/** What numbers in binary headers are replaced by, as 32 and 64 bits, little and big endian. */
const numbers: readonly Bytes[] = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 40, -1, 100]
  .flatMap((number) => {
    const wide = new DataView(new ArrayBuffer(16));
    wide.setBigInt64(0, BigInt(number), true);
    wide.setBigInt64(8, BigInt(number), false);
    const bytes = new Uint8Array(wide.buffer);
    return [bytes.slice(0, 4), bytes.slice(0, 8), bytes.slice(8), bytes.slice(12)];
  });

/** A change: which, where, how long, and by what. */
type Change = readonly [kind: number, at: number, length: number, which: number];

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.nat(8),
  fc.nat(),
  fc.nat(64),
  fc.nat(),
);

/** Right files, a few of whose bytes are flipped, cut, repeated, replaced or moved. */
export function spoilt(samples: readonly Bytes[]): fc.Arbitrary<Bytes> {
  return fc.tuple(fc.nat(samples.length - 1), fc.array(change, { minLength: 1, maxLength: 5 }))
    .map(([sample, changes]) =>
      changes.reduce((bytes, each) => changed(bytes, each, samples), samples[sample])
    );
}

function changed(
  bytes: Bytes,
  [kind, where, length, which]: Change,
  samples: readonly Bytes[],
): Bytes {
  const at = bytes.length === 0 ? 0 : where % bytes.length;
  const [before, part, after] = [
    bytes.subarray(0, at),
    bytes.subarray(at, at + length),
    bytes.subarray(at + length),
  ];
  switch (kind) {
    case 0: // Flips bits.
      return bytes.map((byte, i) => i === at ? byte ^ (1 << which % 8) : byte);
    case 1: // Cuts a part out.
      return joined(before, after);
    case 2: // Cuts the end off.
      return bytes.slice(0, at);
    case 3: // Repeats a part.
      return joined(before, ...Array<Bytes>(2 + which % 40).fill(part), after);
    case 4: // Puts something in.
      return joined(before, tokenOf(which), part, after);
    case 5: // Replaces something.
      return joined(before, tokenOf(which), after);
    case 6: { // Replaces a number's bytes.
      const number = numbers[which % numbers.length];
      return joined(before, number, bytes.subarray(at + number.length));
    }
    case 7: // Replaces a number in digits.
      return withOtherDigits(bytes, at, tokenOf(which));
    default: { // Goes on as another file does.
      const other = samples[which % samples.length];
      return joined(before, other.subarray(Math.min(other.length, length + which % 97)));
    }
  }
}

function joined(...parts: readonly Bytes[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > mostBytes) return parts[0].slice();
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function withOtherDigits(bytes: Bytes, at: number, other: Bytes): Bytes {
  const isDigit = (i: number) => bytes[i] >= 0x30 && bytes[i] <= 0x39;
  let from = at;
  while (from < bytes.length && !isDigit(from)) from++;
  let to = from;
  while (to < bytes.length && isDigit(to)) to++;
  return joined(bytes.subarray(0, from), other, bytes.subarray(to));
}

/** Any JSON value, and those at the edges of what is expected. */
const otherValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...[
    ...[null, true, false, "", " ", "a", "1", [], {}, [[]], [null], 0, -1, 1, 0.5, 1e308, 2 ** 53],
    ...[-0, 1e-320, 4294967296, "__proto__", "../x", "/", "é", "\n", "\0", [1, 2, 3], ["a", "a"]],
    "x".repeat(3000),
  ]),
  fc.jsonValue({ maxDepth: 2 }),
);

/** JSON values, in which one or two are replaced, left out or put in. */
export function spoiltJson(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  const edit = fc.tuple(fc.nat(), fc.nat(3), otherValue);
  return fc.tuple(
    fc.nat(samples.length - 1),
    fc.array(edit, { minLength: 1, maxLength: 3 }),
  ).map(([sample, edits]) =>
    edits.reduce<unknown>((value, each) => edited(value, ...each), samples[sample])
  );
}

/** Replaces the value that is reached by turning `where` into steps; a copy. */
function edited(value: unknown, where: number, kind: number, other: unknown): unknown {
  if (typeof value !== "object" || value === null) return other;
  const keys = Object.keys(value);
  const stays = keys.length === 0 || where % 7 === 0;
  if (stays) return kind === 0 ? withMore(value, other) : other;
  const key = keys[where % keys.length];
  const below = Math.floor(where / (7 * keys.length));
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  if (below % 3 === 0) {
    if (kind === 1 && !Array.isArray(value)) delete copy[key];
    else copy[key] = other;
  } else copy[key] = edited(copy[key], Math.floor(below / 3), kind, other);
  return copy;
}

function withMore(value: object, other: unknown): unknown {
  return Array.isArray(value) ? [...value, other] : { ...value, extra: other };
}

/** Files of JSON: some spoilt as values, some as bytes. */
export function spoiltJsonFiles(samples: readonly unknown[]): fc.Arbitrary<Bytes> {
  return fc.oneof(
    { arbitrary: spoiltJson(samples).map((value) => bytesOf(JSON.stringify(value))), weight: 3 },
    { arbitrary: spoilt(samples.map((sample) => bytesOf(JSON.stringify(sample)))), weight: 2 },
  );
}
