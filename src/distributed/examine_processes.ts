import { messageOf } from "../base/errors.ts";
import { existsSync } from "../files/exists.ts";
import { join } from "../files/paths.ts";
import type { MachinePart } from "../native/examine.ts";
import {
  cString,
  describeLibrary,
  errorText,
  isLibraryOpen,
  native,
  openedParts,
} from "../native/library.ts";
import type { Launcher, Place } from "./place.ts";
import { type Environment, placeError, textOf } from "./place_variables.ts";
import { readPlace } from "./read_place.ts";
import { slurmPlace } from "./slurm_place.ts";

const launchers: Readonly<Record<Launcher, string>> = {
  csn: "csn",
  torchrun: "torchrun",
  slurm: "Slurm",
  environment: "RANK and WORLD_SIZE",
};

/**
 * What several processes would compute together by, who this one is among them, and where the others
 * would reach it. Wrong only where a launcher's variables are.
 */
export function examineProcesses(env: Environment): MachinePart {
  const what = "processes";
  try {
    const found = [placeText(env), ...(isLibraryOpen() ? [backendText(), addressText(env)] : [])];
    return { what, ok: true, found: found.join("; ") };
  } catch (error) {
    return {
      what,
      ok: false,
      found: messageOf(error),
      remedy: "set the variables as docs/distributed.md says, or unset them",
    };
  }
}

function placeText(env: Environment): string {
  const place = readPlace(env);
  if (place !== null) return rankText(place);
  const ofSlurm = slurmPlace(env);
  if (ofSlurm === null) return "one, as no launcher's variables are set";
  return `one; with \`distributed\` ${rankText(ofSlurm)}`;
}

function rankText({ rank, world, local, localWorld, store, round, from }: Place): string {
  const meet = store.kind === "file"
    ? `they meet in ${store.path}`
    : `they meet at ${store.host}:${store.port}`;
  const restarts = round === 0 ? "" : `, started again ${round} time${round === 1 ? "" : "s"}`;
  return `rank ${rank} of ${world} by ${launchers[from]}${restarts}, number ${local} of ` +
    `${localWorld} on this machine; ${meet}`;
}

/** What libtorch's engine can be used with. */
function backendText(): string {
  const headers = join(openedParts().libtorchFolder, "include/torch/csrc/distributed/c10d");
  if (!existsSync(headers)) {
    return "no backend, because this libtorch has no headers of its distributed engine: remove its " +
      "folder and run `start()`";
  }
  const { devices } = describeLibrary().cuda;
  return devices === 0
    ? "by Gloo"
    : `by NCCL on ${devices} GPU${devices === 1 ? "" : "s"}, by Gloo on processors`;
}

function addressText(env: Environment): string {
  const chosen = textOf(env, "GLOO_SOCKET_IFNAME");
  if (chosen !== undefined) return `others reach it by ${chosen} (GLOO_SOCKET_IFNAME)`;
  const host = textOf(env, "MASTER_ADDR") ?? "localhost";
  const text = new Uint8Array(256);
  if (native().csn_group_address(cString(host), text, text.length) === 0) {
    return `others reach it at ${errorText(text)} (GLOO_SOCKET_IFNAME chooses another interface)`;
  }
  // A machine without a network is none that others compute with.
  if (textOf(env, "MASTER_ADDR") === undefined) return "others do not reach it";
  throw placeError(`MASTER_ADDR=${host}: ${errorText(text)}`);
}
