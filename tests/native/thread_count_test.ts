/** How many threads libtorch gets in containers and under an affinity. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { readProcessors } from "../../src/native/library.ts";
import { chooseThreads, type Processors } from "../../src/native/thread_count.ts";
import { join } from "../../src/files/paths.ts";
import { LimitedGroup } from "../helpers/limited_group.ts";
import { runThreads } from "../helpers/run_threads.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const onLinux = { ignore: Deno.build.os !== "linux" };

/** A machine of 8 processors without limits. */
const free: Processors = { processors: 8, allowed: 8, quota: 0, group: "" };

const unset = () => undefined;

Deno.test("chooseThreads() leaves libtorch its own number where nothing limits it", () => {
  const from = "one a core of 8 processors";
  assert.deepEqual(chooseThreads(8, free, unset), { threads: 8, from });
  assert.deepEqual(chooseThreads(4, free, unset), { threads: 4, from });
  // A quota of the whole machine, or more, is no limit.
  assert.deepEqual(chooseThreads(8, { ...free, quota: 8, group: "/a" }, unset), {
    threads: 8,
    from,
  });
  assert.deepEqual(chooseThreads(8, { ...free, allowed: 0 }, unset), { threads: 8, from });
});

Deno.test("chooseThreads() is never more than the processors", () => {
  assert.equal(chooseThreads(64, free, unset).threads, 8);
});

Deno.test("chooseThreads() takes a part of a processor that a quota allows for a whole one", () => {
  const counts = [0.05, 0.5, 1, 1.01, 1.5, 2, 6.4].map((quota) =>
    chooseThreads(8, { ...free, quota, group: "/a" }, unset).threads
  );
  assert.deepEqual(counts, [1, 1, 1, 2, 2, 2, 7]);
});

Deno.test("chooseThreads() says which limit it is", () => {
  assert.equal(
    chooseThreads(8, { ...free, quota: 1.5, group: "/docker/ab" }, unset).from,
    "from the container's quota of 150 % of a processor (control group /docker/ab)",
  );
  assert.deepEqual(chooseThreads(8, { ...free, allowed: 3, quota: 5, group: "/a" }, unset), {
    threads: 3,
    from: "from the process's affinity: it may run on 3 of 8 processors",
  });
  const both = chooseThreads(8, { ...free, allowed: 3, quota: 0.5, group: "/a" }, unset);
  assert.deepEqual([both.threads, both.from.includes("50 %")], [1, true]);
});

Deno.test("chooseThreads() follows the user's own variables, whatever the limits", () => {
  for (const name of ["OMP_NUM_THREADS", "MKL_NUM_THREADS"]) {
    const variable = (asked: string) => asked === name ? "6" : undefined;
    const limited = { ...free, allowed: 2, quota: 1, group: "/a" };
    assert.deepEqual(chooseThreads(6, limited, variable), { threads: 6, from: `with ${name}=6` });
  }
  assert.equal(chooseThreads(8, { ...free, allowed: 2 }, () => "").threads, 2);
});

Deno.test("chooseThreads() gives each of several processes its share, and at least one", () => {
  const shares = [1, 2, 3, 8, 9].map((processes) =>
    chooseThreads(8, free, unset, processes).threads
  );
  assert.deepEqual(shares, [8, 4, 2, 1, 1]);
  assert.deepEqual(chooseThreads(8, { ...free, quota: 1.5, group: "/a" }, unset, 2), {
    threads: 1,
    from: "a share of 2 among 2 processes: from the container's quota of 150 % of a processor " +
      "(control group /a)",
  });
});

Deno.test("chooseThreads() does not take torchrun's default for the user's wish", () => {
  const torchrun = (threads: string) => (name: string) =>
    ({ TORCHELASTIC_RUN_ID: "none", OMP_NUM_THREADS: threads })[name];
  // libtorch has read the variable, too.
  assert.equal(chooseThreads(1, free, torchrun("1"), 2).threads, 4);
  assert.deepEqual(chooseThreads(3, free, torchrun("3"), 2), {
    threads: 3,
    from: "with OMP_NUM_THREADS=3",
  });
});

/** What a system of these files, below a folder of their own, says. */
async function quotaOf(files: Readonly<Record<string, string>>): Promise<[number, string]> {
  await using folder = await TemporaryFolder.make();
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(join(folder.path, dirname(path)), { recursive: true });
    await Deno.writeTextFile(join(folder.path, path), text);
  }
  const { quota, group } = readProcessors(folder.path);
  return [quota, group];
}

const v2Mount = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const otherMounts = "23 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n";

/** Files of a v2 system whose process is in `group`. */
function v2(group: string, files: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(files).map(([path, text]) => [`sys/fs/cgroup${path}/cpu.max`, text]);
  return {
    "proc/self/cgroup": `0::${group}\n`,
    "proc/self/mountinfo": otherMounts + v2Mount,
    ...Object.fromEntries(own),
  };
}

Deno.test("readProcessors() reads a v2 quota of the process's group", async () => {
  assert.deepEqual(await quotaOf(v2("/", { "": "150000 100000\n" })), [1.5, "/"]);
  assert.deepEqual(await quotaOf(v2("/job", { "/job": "50000 200000\n" })), [0.25, "/job"]);
});

Deno.test("readProcessors() takes the least v2 quota on the way up", async () => {
  const nested = (job: string, pod: string, slice: string) =>
    quotaOf(v2("/slice/pod/job", {
      "/slice": slice,
      "/slice/pod": pod,
      "/slice/pod/job": job,
      "/slice/other": "1000 100000",
    }));
  const [none, one, two, three] = ["max 100000", "100000 100000", "200000 100000", "300000 100000"];
  assert.deepEqual(await nested(none, none, none), [0, ""]);
  assert.deepEqual(await nested(none, two, none), [2, "/slice/pod"]);
  assert.deepEqual(await nested(three, two, one), [1, "/slice"]);
  assert.deepEqual(await nested(one, two, three), [1, "/slice/pod/job"]);
  // A group in between without the file: its controller is not switched on there.
  const files = v2("/a/b/c", { "/a": two, "/a/b/c": three });
  assert.deepEqual(await quotaOf(files), [2, "/a"]);
});

/** Files of a v1 system. */
function v1(
  { group, root = "/", quotas }: {
    readonly group: string;
    readonly root?: string;
    readonly quotas: Readonly<Record<string, readonly [quota: string, period: string]>>;
  },
): Record<string, string> {
  const folder = "sys/fs/cgroup/cpu,cpuacct";
  const own = Object.entries(quotas).flatMap(([path, [quota, period]]) => [
    [`${folder}${path}/cpu.cfs_quota_us`, quota],
    [`${folder}${path}/cpu.cfs_period_us`, period],
  ]);
  return {
    "proc/self/cgroup": `11:cpuset:/elsewhere\n4:cpu,cpuacct:${group}\n1:name=systemd:/user\n`,
    "proc/self/mountinfo": otherMounts +
      "33 25 0:28 /elsewhere /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n" +
      `34 25 0:29 ${root} /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n`,
    ...Object.fromEntries(own),
  };
}

Deno.test("readProcessors() takes the least v1 quota on the way up", async () => {
  const quotas = {
    "": ["-1\n", "100000\n"],
    "/a": ["120000\n", "100000\n"],
    "/a/b": ["400000\n", "200000\n"],
    "/a/b/c": ["-1\n", "100000\n"],
  } as const;
  assert.deepEqual(await quotaOf(v1({ group: "/a/b/c", quotas })), [1.2, "/a"]);
  assert.deepEqual(await quotaOf(v1({ group: "/", quotas })), [0, ""]);
});

Deno.test("readProcessors() finds a container's own group below what is mounted there", async () => {
  const quotas = { "": ["250000", "100000"], "/sub": ["-1", "100000"] } as const;
  const of = (group: string) => quotaOf(v1({ group, root: "/docker/ab", quotas }));
  assert.deepEqual(await of("/docker/ab"), [2.5, "/"]);
  assert.deepEqual(await of("/docker/ab/sub"), [2.5, "/"]);
  // Names of groups that are not seen here: of the machine, or of a container that was entered.
  for (const group of ["/docker/abc", "/", "/../other"]) {
    assert.deepEqual(await of(group), [2.5, "/"], group);
  }
  assert.deepEqual(await quotaOf(v2("/../other", { "": "50000 100000" })), [0.5, "/"]);
});

Deno.test("readProcessors() takes the lesser quota of v1 and v2 where a machine has both", async () => {
  const both = async (v1Quota: string, v2Quota: string) => {
    const [old, young] = [
      v1({ group: "/a", quotas: { "/a": [v1Quota, "100000"] } }),
      v2("/b", { "/b": v2Quota }),
    ];
    const mounts = old["proc/self/mountinfo"] + v2Mount;
    const cgroup = old["proc/self/cgroup"] + young["proc/self/cgroup"];
    return await quotaOf({
      ...{ ...old, ...young },
      ...{ "proc/self/mountinfo": mounts, "proc/self/cgroup": cgroup },
    });
  };
  assert.deepEqual(await both("200000", "100000 100000"), [1, "/b"]);
  assert.deepEqual(await both("50000", "100000 100000"), [0.5, "/a"]);
});

Deno.test("readProcessors() understands blanks in the names of folders and groups", async () => {
  const files = {
    "proc/self/cgroup": "0::/my job\n",
    "proc/self/mountinfo": "30 23 0:26 / /control\\040groups rw - cgroup2 cgroup2 rw\n",
    "control groups/my job/cpu.max": "100000 100000",
  };
  assert.deepEqual(await quotaOf(files), [1, "/my job"]);
});

Deno.test("readProcessors() takes for no quota what it cannot understand", async () => {
  const texts = [
    ...["", "\n", "max", "150000", "x 100000", "150000 x", "150000 0", "0 100000", "-1 100000"],
    ...["1e5 100000", "150000 100000 7", " 150000 100000", "0x10 100000", "NaN NaN", "\0\xff 1"],
    `${"9".repeat(400)} 100000`,
  ];
  for (const text of texts) {
    assert.deepEqual(await quotaOf(v2("/", { "": text })), [0, ""], JSON.stringify(text));
  }
  const [quota, period] = ["150000", "100000"];
  for (const pair of [["", period], [quota, ""], ["x", period], [quota, "0"], ["-1", "-1"]]) {
    const files = v1({ group: "/", quotas: { "": pair as [string, string] } });
    assert.deepEqual(await quotaOf(files), [0, ""], String(pair));
  }
});

Deno.test("readProcessors() takes for no quota what is missing or leads nowhere", async () => {
  const files = v2("/a", { "/a": "100000 100000" });
  assert.deepEqual(await quotaOf(files), [1, "/a"]);
  assert.deepEqual(await quotaOf({}), [0, ""]);
  for (const text of ["", "0", "0:", ":::", "nonsense\n\n", "0:cpu"]) {
    assert.deepEqual(await quotaOf({ ...files, "proc/self/cgroup": text }), [0, ""], text);
  }
  for (const text of ["", " - ", "30 23 - cgroup2", "a b c d e - cgroup2 x", " - cgroup2 a b"]) {
    assert.deepEqual(await quotaOf({ ...files, "proc/self/mountinfo": text }), [0, ""], text);
  }
});

/** Runs a command on the first processor that this process may use. */
const onOneProcessor = [
  "sh",
  "-c",
  `exec taskset -c "$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')" "$@"`,
  "sh",
];

const { processors, allowed, quota } = readProcessors();

Deno.test("start() gives libtorch as many threads as the process's affinity allows", {
  ignore: onLinux.ignore || processors === 1 || (quota > 0 && quota <= 1),
}, async () => {
  const { threads, from } = await runThreads({ prefix: onOneProcessor });
  assert.deepEqual([threads, from], [
    1,
    `from the process's affinity: it may run on 1 of ${processors} processors`,
  ]);
});

Deno.test("start() with threads follows the user, whatever the affinity", onLinux, async () => {
  const { threads, from } = await runThreads({ prefix: onOneProcessor, threads: 2 });
  assert.deepEqual([threads, from], [2, "as was asked for"]);
});

Deno.test("start() leaves the number to OMP_NUM_THREADS", async () => {
  const { threads, from } = await runThreads({ env: { OMP_NUM_THREADS: "1" } });
  assert.deepEqual([threads, from], [1, "with OMP_NUM_THREADS=1"]);
});

Deno.test(
  "start() gives libtorch no more threads than a container's quota allows",
  onLinux,
  async () => {
    await using group = await LimitedGroup.make(50);
    if (group === null) return;
    const { threads, from } = await runThreads({ prefix: group.prefix });
    assert.equal(threads, 1);
    assert.match(from, /^from the container's quota of 50 % .*\(control group \/.*csn-test-\d+\)$/);
  },
);

Deno.test("readProcessors() finds what this machine has", onLinux, () => {
  assert.ok(processors >= 1 && allowed >= 1 && allowed <= processors);
});
