/**
 * What csn's modules use and browsers of the last years lack: an exported page is opened by whatever
 * browser people have.
 */

/** As the language has it since 2026. */
function getOrInsertComputed<Key, Value>(
  this: { has(key: Key): boolean; get(key: Key): Value; set(key: Key, value: Value): unknown },
  key: Key,
  compute: (key: Key) => Value,
): Value {
  if (!this.has(key)) this.set(key, compute(key));
  return this.get(key);
}

for (const { prototype } of [Map, WeakMap]) {
  if ("getOrInsertComputed" in prototype) continue;
  Object.defineProperty(prototype, "getOrInsertComputed", {
    value: getOrInsertComputed,
    configurable: true,
    writable: true,
  });
}
