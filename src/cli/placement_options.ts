/** The options that say where a network computes, for commands that use a model. */
import { Option } from "@commander-js/extra-typings";
import { oneOf } from "./options.ts";

/** What --device means. */
export const deviceHelp =
  "where to compute: auto (a CUDA device where one is found), cpu, cuda, cuda:N";

/** What --precision means. */
export const precisionHelp =
  "numbers that the backbone computes in: auto (float32 on the CPU, bf16 on CUDA), float32, bf16";

/** `--device`. */
export const deviceOption = new Option("--device <device>", deviceHelp).default("auto");

/** `--precision`. */
export const precisionOption = new Option("--precision <numbers>", precisionHelp)
  .argParser(oneOf("auto", "float32", "bf16")).default("auto" as const);
