import type { Asked } from "../../protocol.ts";
import { annotator } from "../answers/annotator.tsx";
import { labelled } from "../state.ts";

/** This tab, for as long as the page is open: no two tabs are asked the same. */
const tab = crypto.randomUUID();

/** Who is asked about what, where. */
export function asked(): Asked {
  return { notion: labelled.peek(), by: annotator.peek(), tab };
}
