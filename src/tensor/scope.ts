import { CsnError } from "../base/errors.ts";

/** What a synchronous function may return: anything but a promise. */
export type Synchronous<Result> = Result extends PromiseLike<unknown> ? never : Result;

/** What a scope frees: a tensor, of which this is all that a scope needs to know. */
export interface Scoped {
  /** Gives its memory back. */
  dispose(): void;
}

/**
 * Open scopes, innermost last. Only synchronous code runs while one is open, so no other flow sees
 * it.
 */
const open: Set<Scoped>[] = [];

/**
 * A class that keeps tensors in private fields (`#moments`), where nobody can look, lists them by a
 * method of this name, so that `scope()` does not free them when it returns an instance.
 */
export const heldTensors: unique symbol = Symbol("csn.heldTensors");

/**
 * Runs `body` and frees every tensor made inside but those that its result holds; these move to the
 * enclosing scope. A result holds a tensor that it is, or that can be reached from it, at any depth
 * and in circles too: through elements of arrays, Maps (keys and values) and Sets, and through own
 * fields of objects and class instances. Getters are not called. What only a closure, a private
 * field (see `heldTensors`), a WeakMap or a generator holds is not seen, so it is freed.
 *
 * `body` must be synchronous: its type refuses a promise, and one that comes all the same is an
 * error.
 *
 * @example What is made on the way is freed
 * ```ts
 * import { start } from "@csn/csn";
 * import { add, liveTensors, multiply, scope, Tensor } from "@csn/csn/tensor";
 *
 * await start();
 * const before = liveTensors();
 * const sum = scope(() => add(multiply(Tensor.from([1, 2]), 3), 1));
 * console.log(sum.toArray(), liveTensors() - before); // [4, 7] 1
 * sum.dispose();
 * ```
 */
export function scope<Result>(body: () => Synchronous<Result>): Result {
  const made = new Set<Scoped>();
  open.push(made);
  let result: Result;
  try {
    result = body();
  } catch (error) {
    open.pop();
    disposeAll(made);
    throw error;
  }
  open.pop();
  if (isPromise(result)) {
    ignore(result);
    disposeAll(made);
    throw new CsnError(
      "scope() was given an asynchronous function: tensors would be freed too early; await outside",
    );
  }
  keepHeld(result, made);
  disposeAll(made);
  return result;
}

let grad = true;

/** Runs synchronous `body` without recording operators for a backward pass. */
export function noGrad<Result>(body: () => Synchronous<Result>): Result {
  const before = grad;
  grad = false;
  try {
    const result: Result = body();
    if (isPromise(result)) {
      ignore(result);
      throw new CsnError(
        "noGrad() was given an asynchronous function; what it awaits would be recorded; call `callAsync()` in it and await the promise outside",
      );
    }
    return result;
  } finally {
    grad = before;
  }
}

/** Whether operators are recorded for a backward pass here. */
export function isGradEnabled(): boolean {
  return grad;
}

/** For the Tensor class: the innermost scope becomes the owner of `tensor`. */
export function adopt(tensor: Scoped): void {
  open.at(-1)?.add(tensor);
}

function disposeAll(tensors: Iterable<Scoped>): void {
  for (const tensor of tensors) tensor.dispose();
}

/** A refused promise may still reject: that must not end the process. */
function ignore(promise: unknown): void {
  Promise.resolve(promise).catch(() => {});
}

/** Without calling a getter. */
function isPromise(value: unknown): boolean {
  for (let each = value; canHold(each); each = Object.getPrototypeOf(each)) {
    const then = Object.getOwnPropertyDescriptor(each, "then");
    if (then !== undefined) return typeof then.value === "function";
  }
  return false;
}

/** Moves the tensors of `made` that `result` holds to the enclosing scope. */
function keepHeld(result: unknown, made: Set<Scoped>): void {
  const outer = open.at(-1);
  const seen = new Set<object>();
  // A list instead of recursion: a result may be nested deeper than the stack allows.
  const waiting = [result];
  while (waiting.length > 0 && made.size > 0) {
    const value = waiting.pop();
    if (!canHold(value) || seen.has(value)) continue;
    seen.add(value);
    if (made.delete(value as Scoped)) outer?.add(value as Scoped);
    else addHeld(value, waiting);
  }
}

/** Adds what `value` holds itself. */
function addHeld(value: object, waiting: unknown[]): void {
  const add = (item: unknown) => {
    if (canHold(item)) waiting.push(item);
  };
  if (ArrayBuffer.isView(value)) return;
  // Of arrays the elements alone: there may be millions of numbers.
  if (Array.isArray(value)) return value.forEach(add);
  if (value instanceof Map) {
    Map.prototype.forEach.call(value, (item, key) => {
      add(key);
      add(item);
    });
  } else if (value instanceof Set) Set.prototype.forEach.call(value, add);
  for (const key of Reflect.ownKeys(value)) {
    add(Reflect.getOwnPropertyDescriptor(value, key)?.value);
  }
  const held = (value as { [heldTensors]?: () => Iterable<Scoped> })[heldTensors];
  if (typeof held === "function") { for (const tensor of held.call(value)) add(tensor); }
}

function canHold(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
