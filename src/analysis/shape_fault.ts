/**
 * What a JSON value is to look like: a number (null for NaN), a text, a list of one shape, an
 * object with members.
 */
export type Shape = "number" | "text" | readonly [Shape] | { readonly [member: string]: Shape };

/**
 * The first part of a value that lacks its shape, such as "variants[0].error.low"; null when none
 * does.
 */
export function shapeFault(value: unknown, shape: Shape, path = ""): string | null {
  if (shape === "number") return value === null || typeof value === "number" ? null : path;
  if (shape === "text") return typeof value === "string" ? null : path;
  if (isList(shape)) {
    if (!Array.isArray(value)) return path;
    return firstFault(value.map((part, at) => [part, shape[0], `${path}[${at}]`]));
  }
  if (typeof value !== "object" || value === null) return path;
  const members = value as Readonly<Record<string, unknown>>;
  return firstFault(
    Object.entries(shape).map(([name, of]) => [
      members[name],
      of,
      path === "" ? name : `${path}.${name}`,
    ]),
  );
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function firstFault(parts: readonly (readonly [unknown, Shape, string])[]): string | null {
  for (const part of parts) {
    const fault = shapeFault(...part);
    if (fault !== null) return fault;
  }
  return null;
}
