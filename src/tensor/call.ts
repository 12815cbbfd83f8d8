/** The generic call of any operator that libtorch knows, synchronous or on the executor. */
import { CsnError } from "../base/errors.ts";
import { checked, cString, enqueue, native } from "../native/library.ts";
import { isGradEnabled } from "./scope.ts";
import { forgetShapes, Tensor } from "./tensor.ts";

/**
 * A number that is a floating-point scalar even when it is whole: `{ float: 2 }` is Python's 2.0.
 */
export interface FloatScalar {
  /** Its value. */
  readonly float: number;
}

/**
 * An operator's argument: `undefined` takes the schema's default, `null` is None; strings also name
 * dtypes ("float32"), devices ("cuda:0"), layouts and memory formats ("channels_last").
 */
export type Argument =
  | Tensor
  | number
  | bigint
  | boolean
  | string
  | null
  | undefined
  | FloatScalar
  | readonly (Tensor | null)[]
  | readonly number[]
  | readonly bigint[]
  | readonly boolean[];

/** Most results that one call may give. */
const mostResults = 4096;
const results = new Float64Array(mostResults);
const operators = new Map<string, Operator>();

interface Operator {
  /** The shim's number of it. */
  readonly number: number;
  /** Whether it may change the shape of a tensor that it is given. */
  readonly reshapes: boolean;
}

/**
 * Calls operator `name` ("aten::max.dim": the dispatcher's name and overload) with arguments in the
 * order of its schema; those left out at the end take their defaults. Returns all results, lists
 * one after the other; numbers and booleans are 0-dimensional tensors, an undefined tensor is null.
 * Throws a CsnError that names the operator, the argument and the shapes.
 */
export function callAll(name: string, ...args: Argument[]): (Tensor | null)[] {
  const op = operator(name);
  const bytes = encode(args, name);
  let count = 0;
  checked((err, cap) => {
    const grad = isGradEnabled() ? 1 : 0;
    count = native().csn_call(op.number, bytes, bytes.length, grad, results, mostResults, err, cap);
    // Also after a failure: it may have come halfway.
    if (op.reshapes) forgetShapes();
    return count >= 0;
  });
  return wrap(results, count);
}

/**
 * Calls an operator that gives one tensor.
 *
 * @example An operator that has no function of its own
 * ```ts
 * import { start } from "@csn/csn";
 * import { call, Tensor } from "@csn/csn/tensor";
 *
 * await start();
 * using x = Tensor.from([0, 1]);
 * using y = call("aten::exp", x);
 * console.log(y.toArray());
 * ```
 */
export function call(name: string, ...args: Argument[]): Tensor {
  return single(name, callAll(name, ...args));
}

/**
 * As `callAll`, on the executor: the event loop goes on, and calls keep their order. Whether it is
 * recorded for a backward pass is decided where it is called, as for `callAll`. The arguments are
 * kept alive until it has ended; one that is disposed of before its turn makes the call fail.
 */
export function callAllAsync(name: string, ...args: Argument[]): Promise<(Tensor | null)[]> {
  return enqueueCall(name, args, { grad: isGradEnabled() });
}

/**
 * As `call`, on the executor.
 *
 * @example Compute while the event loop goes on
 * ```ts
 * import { start } from "@csn/csn";
 * import { callAsync, Tensor } from "@csn/csn/tensor";
 *
 * await start();
 * using x = Tensor.from(new Float32Array(256 * 256), { shape: [256, 256] });
 * using y = await callAsync("aten::matmul", x, x);
 * console.log(y.shape);
 * ```
 */
export async function callAsync(name: string, ...args: Argument[]): Promise<Tensor> {
  return single(name, await callAllAsync(name, ...args));
}

/** `callAllAsync` for what must not be recorded, such as an update of parameters. */
export async function enqueueCall(
  name: string,
  args: readonly Argument[],
  options: { readonly grad: boolean },
): Promise<(Tensor | null)[]> {
  const op = operator(name);
  const bytes = encode(args, name).slice();
  const grad = options.grad ? 1 : 0;
  const out = new Float64Array(mostResults);
  try {
    const count = await enqueue(
      (err, cap) =>
        native().csn_call_async(
          ...[op.number, bytes, bytes.length, grad] as const,
          ...[out, out.length, err, cap] as const,
        ),
      (found) => found < 0,
      // Lists too, for whoever made one may put something else into it meanwhile.
      args.flat(),
    );
    return wrap(out, count);
  } finally {
    if (op.reshapes) forgetShapes();
  }
}

function wrap(handles: Float64Array, count: number): (Tensor | null)[] {
  return Array.from(
    handles.subarray(0, count),
    (handle) => handle === 0 ? null : new Tensor(handle),
  );
}

function single(name: string, found: (Tensor | null)[]): Tensor {
  const [first] = found;
  if (found.length === 1 && first !== null) return first;
  for (const tensor of found) tensor?.dispose();
  throw new CsnError(`${name} gives ${found.length} results, not one tensor: use callAll`);
}

function operator(name: string): Operator {
  const known = operators.get(name);
  if (known !== undefined) return known;
  let number = 0;
  checked((err, cap) => (number = native().csn_operator(cString(name), err, cap)) !== 0);
  const found = { number, reshapes: mayReshape(name) };
  operators.set(name, found);
  return found;
}

/**
 * resize_, t_, set_data and the like; `out` variants give the tensor that they are given its shape.
 */
function mayReshape(name: string): boolean {
  const [base, overload = ""] = name.replace(/^.*::/, "").split(".");
  // Those of optimisers, called in every step, change elements alone.
  if (/^_(foreach|fused)_/.test(base)) return /out/.test(overload);
  return base.endsWith("_") || base === "set_data" || /out$/.test(base) || /out/.test(overload);
}

/** Tags of the arguments, as csn.h lists them. */
const tag = {
  none: 0,
  default: 1,
  tensor: 2,
  int: 3,
  double: 4,
  bool: 5,
  string: 6,
  tensors: 7,
  ints: 8,
  doubles: 9,
  bools: 10,
} as const;

const textEncoder = new TextEncoder();
let view = new DataView(new ArrayBuffer(4096));
let at = 0;

function encode(args: readonly Argument[], name: string): Uint8Array<ArrayBuffer> {
  at = 0;
  args.forEach((argument, index) => {
    try {
      put(argument);
    } catch (error) {
      if (!(error instanceof CsnError)) throw error;
      throw new CsnError(`${name}, argument ${index + 1}: ${error.message}`, { cause: error });
    }
  });
  return new Uint8Array(view.buffer as ArrayBuffer, 0, at);
}

function put(argument: Argument): void {
  if (argument === undefined) putByte(tag.default);
  else if (argument === null) putByte(tag.none);
  else if (argument instanceof Tensor) {
    putByte(tag.tensor);
    putDouble(argument.handle);
  } else if (typeof argument === "number") putNumber(argument);
  else if (typeof argument === "bigint") {
    putByte(tag.int);
    putInt64(argument);
  } else if (typeof argument === "boolean") {
    putByte(tag.bool);
    putByte(argument ? 1 : 0);
  } else if (typeof argument === "string") putText(argument);
  else if (Array.isArray(argument)) putList(argument);
  else if (typeof (argument as Partial<FloatScalar>).float === "number") {
    putByte(tag.double);
    putDouble((argument as FloatScalar).float);
  } else {
    throw new CsnError(
      `it is ${
        described(argument)
      }; pass a tensor, a number, a boolean, a text, { float: number } or a list of these`,
    );
  }
}

function putNumber(value: number): void {
  if (Number.isSafeInteger(value)) {
    putByte(tag.int);
    putInt64(BigInt(value));
  } else {
    putByte(tag.double);
    putDouble(value);
  }
}

function putText(text: string): void {
  const bytes = textEncoder.encode(text);
  putByte(tag.string);
  putUint32(bytes.length);
  room(bytes.length);
  new Uint8Array(view.buffer, at).set(bytes);
  at += bytes.length;
}

function putList(given: readonly unknown[]): void {
  // A copy, so that a hole is an element, undefined, and not passed over.
  const list = Array.from(given);
  if (list.every((item) => Number.isSafeInteger(item) || typeof item === "bigint")) {
    putCounted(tag.ints, list as (number | bigint)[], (item) => putInt64(BigInt(item)));
  } else if (list.every((item) => typeof item === "number")) {
    putCounted(tag.doubles, list as number[], putDouble);
  } else if (list.every((item) => typeof item === "boolean")) {
    putCounted(tag.bools, list as boolean[], (item) => putByte(item ? 1 : 0));
  } else if (list.every((item) => item === null || item instanceof Tensor)) {
    putCounted(tag.tensors, list as (Tensor | null)[], (item) => putDouble(item?.handle ?? 0));
  } else {
    throw new CsnError(
      `it is a list of ${
        [...new Set(list.map(described))].join(", ")
      }; a list holds tensors (or null), whole numbers, numbers or booleans, of one kind`,
    );
  }
}

function described(value: unknown): string {
  if (value instanceof Tensor) return "a tensor";
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function putCounted<Item>(
  listTag: number,
  list: readonly Item[],
  putItem: (item: Item) => void,
): void {
  putByte(listTag);
  putUint32(list.length);
  for (const item of list) putItem(item);
}

function putByte(value: number): void {
  room(1);
  view.setUint8(at, value);
  at += 1;
}

function putUint32(value: number): void {
  room(4);
  view.setUint32(at, value, true);
  at += 4;
}

function putInt64(value: bigint): void {
  if (BigInt.asIntN(64, value) !== value) {
    throw new CsnError(`it is ${value}, which 64 bits do not hold`);
  }
  room(8);
  view.setBigInt64(at, value, true);
  at += 8;
}

function putDouble(value: number): void {
  room(8);
  view.setFloat64(at, value, true);
  at += 8;
}

function room(bytes: number): void {
  if (at + bytes <= view.byteLength) return;
  const larger = new Uint8Array(2 * (at + bytes));
  larger.set(new Uint8Array(view.buffer, 0, at));
  view = new DataView(larger.buffer);
}
