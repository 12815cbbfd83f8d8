/** A picture of the user's own that is searched from: its embedding stands in the address. */
import { batch, type Signal, signal } from "@preact/signals";
import { source } from "../../explored.ts";
import { embeddingText } from "../../embedding_text.ts";
import { report } from "../../source.ts";
import { mode, ownQuery, query, remember, view } from "../../state.ts";

/** A small copy of it, as far as this browser can show it. */
export interface OwnPicture {
  readonly name: string;
  /** A data address; "" where the browser cannot show it. */
  readonly url: string;
}

const key = "csn-explore-own:";

/** Side of the small copy in pixels. */
const side = 224;

/** Whether one is being embedded. */
export const isEmbedding: Signal<boolean> = signal(false);

/** The small copy that this tab kept of the picture with that embedding; null for a link's. */
export function ownPicture(text: string): OwnPicture | null {
  const kept = sessionStorage.getItem(key + text.slice(0, 32));
  return kept === null ? null : JSON.parse(kept);
}

/** Embeds a picture and makes it the query. */
export async function searchFrom(file: File): Promise<void> {
  const { embed } = source();
  if (embed === null) return report(new Error("Own pictures need the server: run explore"));
  isEmbedding.value = true;
  try {
    const { embedding } = await embed(file);
    const text = embeddingText(embedding);
    keep(text, { name: file.name, url: await smallCopy(file) });
    batch(() => {
      remember();
      query.value = null;
      ownQuery.value = text;
      if (mode.value === "triplets") mode.value = "nearest";
      view.value = "neighbours";
    });
  } catch (error) {
    report(error);
  } finally {
    isEmbedding.value = false;
  }
}

function keep(text: string, picture: OwnPicture): void {
  try {
    sessionStorage.setItem(key + text.slice(0, 32), JSON.stringify(picture));
  } catch {
    // A full storage costs only the small copy.
  }
}

async function smallCopy(file: File): Promise<string> {
  try {
    const bitmap = await createImageBitmap(file);
    const canvas = document.createElement("canvas");
    const scale = side / Math.max(bitmap.width, bitmap.height);
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d")!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", 0.85);
  } catch {
    // The server reads kinds of files that browsers do not.
    return "";
  }
}

/** From now on a picture that is dropped anywhere on the page becomes the query. */
export function followDrops(): () => void {
  const over = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.documentElement.classList.add("dropping");
  };
  const leave = (event: DragEvent) => {
    if (event.relatedTarget === null) document.documentElement.classList.remove("dropping");
  };
  const drop = (event: DragEvent) => {
    document.documentElement.classList.remove("dropping");
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    searchFrom(file);
  };
  addEventListener("dragover", over);
  addEventListener("dragleave", leave);
  addEventListener("drop", drop);
  return () => {
    removeEventListener("dragover", over);
    removeEventListener("dragleave", leave);
    removeEventListener("drop", drop);
  };
}
