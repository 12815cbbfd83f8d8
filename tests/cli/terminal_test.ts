import assert from "node:assert/strict";
import { type TerminalStreams, TerminalView } from "../../src/cli/terminal.ts";
import type { Progress } from "../../src/base/listener.ts";

/** A view whose clock is moved by hand, and what it wrote. */
class Recorded {
  readonly view: TerminalView;
  #written: string[] = [];
  #time = 0;

  constructor(streams: Partial<TerminalStreams>) {
    this.view = new TerminalView({
      writeOut: (text) => this.#written.push(`out: ${text}`),
      writeError: (text) => this.#written.push(text),
      isTerminal: true,
      colours: false,
      columns: () => 101,
      now: () => this.#time,
      ...streams,
    });
  }

  /** Reports at a time in milliseconds. */
  at(time: number, done: number, more: Partial<Progress> = {}): void {
    this.#time = time;
    this.view.progress({ what: "Decoding", done, total: 1000, unit: "images", ...more });
  }

  /** What was written since the last call; standard output's texts begin with "out: ". */
  take(): string[] {
    return this.#written.splice(0);
  }
}

const clear = "\r\x1b[K";

Deno.test("TerminalView draws a bar with count, speed and time left", () => {
  const shown = new Recorded({});
  shown.at(0, 0);
  shown.at(2000, 500);
  assert.deepEqual(shown.take(), [
    `${clear}Decoding [${"-".repeat(30)}]  0 %  0 of 1000 images`,
    `${clear}Decoding [${"#".repeat(15)}${
      "-".repeat(15)
    }]  50 %  500 of 1000 images  250 images/s  2 s left`,
  ]);
});

Deno.test("TerminalView shows bytes in MB, and what was fetched before not as speed", () => {
  const shown = new Recorded({});
  const file = { what: "Fetching", total: 190e6, unit: "bytes" } as const;
  shown.at(0, 90e6, file);
  shown.at(10_000, 100e6, file);
  assert.equal(
    shown.take()[1],
    `${clear}Fetching [${"#".repeat(15)}${
      "-".repeat(15)
    }]  52 %  100 MB of 190 MB  1.00 MB/s  1 min 30 s left`,
  );
});

Deno.test("TerminalView shows work of unknown length without a bar", () => {
  const shown = new Recorded({});
  shown.at(0, 0, { total: null });
  shown.at(1000, 30, { total: null });
  assert.deepEqual(shown.take(), [
    `${clear}Decoding  0 images`,
    `${clear}Decoding  30 images  30.0 images/s`,
  ]);
});

Deno.test("TerminalView draws at most five times a second", () => {
  const shown = new Recorded({});
  for (let time = 0; time < 1000; time += 10) shown.at(time, time / 10);
  assert.equal(shown.take().length, 5);
});

Deno.test("TerminalView never fills the last column, whatever the width", () => {
  for (let columns = 1; columns < 120; columns += 1) {
    const shown = new Recorded({ columns: () => columns });
    shown.at(0, 0);
    shown.at(2000, 500);
    for (const text of shown.take()) {
      assert.ok(text.length - clear.length <= Math.max(1, columns - 1), `${columns}: ${text}`);
    }
  }
});

Deno.test("TerminalView takes a terminal that does not know its width for one of 80 columns", () => {
  const bars = [0, 80].map((columns) => {
    const shown = new Recorded({ columns: () => columns });
    shown.at(0, 500);
    return shown.take();
  });
  assert.deepEqual(bars[0], bars[1]);
  assert.match(bars[0][0], /500 of 1000 images$/);
});

Deno.test("TerminalView shortens the bar, then leaves it out", () => {
  const bars = [81, 71, 61].map((columns) => {
    const shown = new Recorded({ columns: () => columns });
    shown.at(0, 0);
    shown.at(2000, 500);
    return shown.take()[1].slice(clear.length);
  });
  const numbers = "50 %  500 of 1000 images  250 images/s  2 s left";
  assert.deepEqual(bars, [
    `Decoding [#####-----]  ${numbers}`,
    `Decoding  ${numbers}`,
    `Decoding  ${numbers}`,
  ]);
});

Deno.test("TerminalView clears the bar when work is done, and when disposed", () => {
  const done = new Recorded({});
  done.at(0, 1);
  done.at(10, 1000);
  done.at(20, 1000);
  done.view[Symbol.dispose]();
  assert.deepEqual(done.take().slice(1), [clear]);

  const cut = new Recorded({});
  cut.at(0, 1);
  cut.view[Symbol.dispose]();
  cut.view[Symbol.dispose]();
  assert.deepEqual(cut.take().slice(1), [clear]);
});

Deno.test("TerminalView starts anew with the next piece of work", () => {
  const shown = new Recorded({});
  shown.at(0, 500);
  shown.at(10, 0, { what: "Embedding" });
  shown.at(2010, 100, { what: "Embedding" });
  const [, first, second] = shown.take();
  assert.match(first, /Embedding .* 0 of 1000 images$/);
  assert.match(second, /100 of 1000 images {2}50\.0 images\/s {2}18 s left$/);
});

Deno.test("TerminalView prints lines above the bar, and only line() to standard output", () => {
  const shown = new Recorded({});
  shown.at(0, 0);
  const [bar] = shown.take();
  shown.view.line("epoch 1");
  assert.deepEqual(shown.take(), [clear, "out: epoch 1\n", bar]);
  shown.view.notice("A step began");
  assert.deepEqual(shown.take(), [clear, "A step began\n", bar]);
  shown.view.warning("2 images are missing");
  assert.deepEqual(shown.take(), [clear, "warning: 2 images are missing\n", bar]);
});

Deno.test("TerminalView draws no bar again after the work is done", () => {
  const shown = new Recorded({});
  shown.at(0, 0);
  shown.at(10, 1000);
  shown.take();
  shown.view.line("epoch 1");
  shown.view.notice("A step began");
  assert.deepEqual(shown.take(), ["out: epoch 1\n", "A step began\n"]);
});

Deno.test("TerminalView colours only when told to", () => {
  const shown = new Recorded({ colours: true });
  shown.at(0, 500);
  shown.view[Symbol.dispose]();
  shown.view.warning("odd");
  const [bar, , warning] = shown.take();
  assert.ok(bar.includes(`[\x1b[32m${"#".repeat(15)}\x1b[0m${"-".repeat(15)}]`));
  assert.equal(warning, "\x1b[33mwarning:\x1b[0m odd\n");
});

Deno.test("TerminalView writes a line at the start, every ten seconds and at the end elsewhere", () => {
  const shown = new Recorded({ isTerminal: false });
  for (let time = 0; time <= 24_950; time += 50) shown.at(time, time / 25);
  shown.at(25_000, 1000);
  shown.at(25_000, 1000);
  shown.view[Symbol.dispose]();
  assert.deepEqual(shown.take(), [
    "Decoding: 0 of 1000 images\n",
    "Decoding: 400 of 1000 images, 40.0 images/s, 15 s left\n",
    "Decoding: 800 of 1000 images, 40.0 images/s, 5 s left\n",
    "Decoding: 1000 images in 25 s\n",
  ]);
});

Deno.test("TerminalView writes one line for work that is done at once elsewhere", () => {
  const shown = new Recorded({ isTerminal: false });
  shown.at(0, 1000);
  shown.view.line("result");
  shown.view.warning("odd");
  assert.deepEqual(shown.take(), ["Decoding: 1000 images\n", "out: result\n", "warning: odd\n"]);
});

Deno.test("TerminalView shows work that is done again", () => {
  const shown = new Recorded({ isTerminal: false });
  for (const time of [0, 60_000]) {
    shown.at(time, 500);
    shown.at(time + 3000, 1000);
  }
  assert.deepEqual(shown.take(), [
    "Decoding: 500 of 1000 images\n",
    "Decoding: 1000 images in 3 s\n",
    "Decoding: 500 of 1000 images\n",
    "Decoding: 1000 images in 3 s\n",
  ]);
});
