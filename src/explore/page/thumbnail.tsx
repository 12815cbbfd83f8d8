import { useState } from "preact/hooks";
import { explored, source } from "./explored.ts";

/** One picture by its index; where there is none, or it is gone, what the image is called. */
export function Thumbnail({ index, name }: { readonly index: number; readonly name: string }) {
  const [isGone, setGone] = useState(false);
  if (!explored.value!.hasPictures || isGone) {
    return (
      <span class="thumbnail no-picture" role="img" aria-label={name}>
        {isGone ? "picture is gone" : name}
      </span>
    );
  }
  return (
    <img
      class="thumbnail"
      key={index}
      src={source().thumbnail(index)}
      alt={name}
      draggable={false}
      onError={() => setGone(true)}
    />
  );
}
