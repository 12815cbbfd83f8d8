import { UsageError } from "../../base/errors.ts";

/** Permissions without which nothing can be computed. */
const needed = ["read", "write", "env", "ffi", "sys"] as const;

/** Programs that a child may start, as the tasks name them. */
const programs = ["python3", "c++", "deno"] as const;

/**
 * The options of deno that give a child this process's own permissions. Throws a UsageError where
 * those were given in part, such as for one folder: a part cannot be asked for, and more than it
 * must not be passed on.
 */
export function childPermissions(): string[] {
  for (const name of needed) {
    if (isGranted({ name })) continue;
    throw new UsageError(
      `Cannot start several processes: csn has the permission --allow-${name} in part or not at ` +
        `all, and passes on whole ones only; run it as its tasks do, or with --allow-${name}`,
    );
  }
  const started = programs.filter((command) => isGranted({ name: "run", command }));
  return [
    ...needed.map((name) => `--allow-${name}`),
    ...(isGranted({ name: "net" }) ? ["--allow-net"] : []),
    ...(mayStartAll() ? ["--allow-run"] : [`--allow-run=${started.join(",")}`]),
  ];
}

/** Whether this process may start every program, and hence pass the linker's settings on. */
export function mayStartAll(): boolean {
  return isGranted({ name: "run" });
}

function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}
