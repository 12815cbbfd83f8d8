import { CsnError } from "../errors.ts";
import type { Tensor } from "./tensor.ts";

/** What a synchronous function may return: anything but a promise. */
export type Synchronous<Result> = Result extends PromiseLike<unknown> ? never : Result;

/** Open scopes, innermost last. Only synchronous code runs while one is open, so no other flow sees it. */
const open: Set<Tensor>[] = [];

/**
 * Runs `body` and frees every tensor made inside but those in its result (a tensor, or tensors in
 * arrays and plain objects), which move to the enclosing scope. `body` must be synchronous: its type
 * refuses a promise, and one that comes all the same is an error.
 */
export function scope<Result>(body: () => Synchronous<Result>): Result {
  const made = new Set<Tensor>();
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
  forEachTensor(result, (tensor) => {
    if (made.delete(tensor)) open.at(-1)?.add(tensor);
  });
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
        "noGrad() was given an asynchronous function; pass { grad: false } to what it awaits",
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
export function adopt(tensor: Tensor): void {
  open.at(-1)?.add(tensor);
}

function disposeAll(tensors: Iterable<Tensor>): void {
  for (const tensor of tensors) tensor.dispose();
}

/** A refused promise may still reject: that must not end the process. */
function ignore(promise: unknown): void {
  Promise.resolve(promise).catch(() => {});
}

function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null)?.then === "function";
}

function forEachTensor(value: unknown, visit: (tensor: Tensor) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (isTensor(value)) visit(value);
  else if (Array.isArray(value)) value.forEach((item) => forEachTensor(item, visit));
  else if (Object.getPrototypeOf(value) === Object.prototype) {
    Object.values(value).forEach((item) => forEachTensor(item, visit));
  }
}

/** Not `instanceof`: the class imports this file. */
function isTensor(value: object): value is Tensor {
  return "handle" in value && "isDisposed" in value;
}
