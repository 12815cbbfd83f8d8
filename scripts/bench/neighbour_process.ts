/**
 * A program that computes on every processor: `neighbour_process.ts` prints a line when it does, and ends when
 * its standard input ends, which it does when whoever started it ends in any way; or after a quarter of an hour.
 */
const mostMs = 900_000;
const busy = `postMessage(0); const until = Date.now() + ${mostMs}; while (Date.now() < until);`;
const url = `data:text/javascript,${encodeURIComponent(busy)}`;

const begun = Array.from({ length: navigator.hardwareConcurrency }, () =>
  new Promise((resolve) => {
    new Worker(url, { type: "module" }).onmessage = resolve;
  }));
await Promise.all(begun);
console.log(JSON.stringify({ ready: true }));
setTimeout(() => Deno.exit(), mostMs);
for await (const _ of Deno.stdin.readable);
Deno.exit();
