import { archives } from "./archives.ts";
import type { MakeParser } from "./parser.ts";
import { comparisons, maskLogs, metrics, sweeps } from "./records.ts";
import {
  filenames,
  packHeaders,
  rules,
  setFiles,
  setRules,
  setValues,
  tripletLists,
} from "./sets.ts";
import { celebA, csv, json, jsonl, parquet } from "./tables.ts";
import { embeddings, modelInfo, safetensors } from "./tensors.ts";
import { workbooks } from "./workbooks.ts";
import { visdomAnswers } from "./visdom.ts";

/** Every parser of csn by its name. */
export const allParsers: Readonly<Record<string, MakeParser>> = {
  csv,
  jsonl,
  json,
  celebA,
  xlsx: workbooks,
  parquet,
  rules,
  "set.json": setFiles,
  filenames,
  "triplet-lists": tripletLists,
  "attributes.csv": setValues,
  "set-rules": setRules,
  "pack-headers": packHeaders,
  safetensors,
  "model-info": modelInfo,
  embeddings,
  metrics,
  "masks.jsonl": maskLogs,
  "compare.json": comparisons,
  "sweep.json": sweeps,
  zip: archives,
  visdom: visdomAnswers,
};
