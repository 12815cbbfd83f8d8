/** Pictures as a page shows them, which need no library of charts. */
import { type Content, type Html, markup } from "./html.ts";
import type { Picture } from "./report_data.ts";

/** A picture under which its caption stands. */
export function pictureFigure(picture: Picture, caption: Content, kind: string): Html {
  return markup`<figure class="${kind}">${image(picture)}${captionHtml(caption)}</figure>
`;
}

/** Figures side by side where there is room. */
export function beside(figures: readonly Html[], kind = "charts"): Html {
  return markup`<div class="${kind}">
${figures}</div>
`;
}

function image({ alt, width, height, png }: Picture): Html {
  const source = `data:image/png;base64,${base64(png)}`;
  return markup`<img src="${source}" alt="${alt}" width="${width}" height="${height}">`;
}

/** A caption as it stands under a figure. */
export function captionHtml(caption: Content): Html | null {
  return caption === null ? null : markup`<figcaption>${caption}</figcaption>`;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  // Arguments of one call lie on the stack, which is small.
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}
