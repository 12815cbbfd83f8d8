import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../../base/errors.ts";
import type { Place } from "../../distributed/place.ts";
import { longestTimeout } from "../../distributed/process_group.ts";
import { readPlace, storeVariable } from "../../distributed/read_place.ts";
import { wholeNumber } from "../options.ts";
import { setOwnPlace } from "./own_place.ts";
import { endWithStarter } from "./starter_gone.ts";

/** What the options of several processes parse to. */
export interface ProcessFlags {
  readonly processes?: number;
  readonly distributed?: boolean;
  readonly timeout?: number;
}

/** Seconds to wait for other processes, unless the user says otherwise. */
export const defaultTimeout = 600;

/** More processes than processors only take memory; a few more let small machines try it out. */
function mostProcesses(): number {
  return Math.max(16, navigator.hardwareConcurrency);
}

const processOptions = (share: string): readonly Option[] => [
  new Option(
    "--processes <n>",
    `processes on this machine that compute together, each ${share}, with a GPU each or their share of the threads`,
  ).argParser(wholeNumber(1, mostProcesses())),
  new Option(
    "--distributed",
    "compute together with the other processes that srun has started; those of torchrun and Kubeflow do it without this",
  ),
  new Option(
    "--timeout <seconds>",
    "with several processes: how long to wait for one that does not come or answer",
  ).argParser(wholeNumber(1, longestTimeout)).default(defaultTimeout),
];

/**
 * Gives a command the options of one that several processes can carry out together; `share` says
 * what each of them does.
 */
export function addProcessOptions(
  command: CommandUnknownOpts,
  share = "its share of every batch",
): void {
  for (const option of processOptions(share)) command.addOption(option);
}

/** What a process has to do: start others that do it together, or do it, alone or as one of them. */
export type Part = { readonly start: number } | { readonly place: Place | null };

/**
 * Finds that out by the flags and the launcher's variables. A process that is one of several speaks
 * as such from then on, and ends with csn's own process that started it.
 */
export function partOf({ processes, distributed }: ProcessFlags): Part {
  // A child of csn's own has the very arguments of its starter.
  const isChild = Boolean(Deno.env.get(storeVariable));
  if (processes !== undefined && distributed && !isChild) throw bothWays();
  const place = readPlace((name) => Deno.env.get(name), { distributed });
  if (processes !== undefined && !isChild) {
    if (place !== null) throw alreadyOne(place);
    if (processes > 1) return { start: processes };
  }
  if (place === null) return { place };
  setOwnPlace(place);
  if (place.from === "csn" && place.store.kind === "file") endWithStarter(place.store.path);
  return { place };
}

function bothWays(): UsageError {
  return new UsageError(
    "--processes starts processes of its own, --distributed joins those that a launcher has " +
      "started: pass one of them",
  );
}

function alreadyOne({ rank, world }: Place): UsageError {
  return new UsageError(
    `--processes starts processes of its own, but this is already rank ${rank} of ${world} by ` +
      "RANK and WORLD_SIZE: leave --processes out, or unset RANK and WORLD_SIZE",
  );
}
