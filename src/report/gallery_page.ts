/** The gallery of a search: query images and what is nearest to them, as a page of its own. */
import type { ExplainedNeighbour, ScoredNeighbour } from "../search/neighbour.ts";
import { decimal, percent } from "./charts/numbers.ts";
import { type Content, Html, markup } from "./html.ts";
import { beside, pictureFigure } from "./figures.ts";
import { pageStyle } from "./page_style.ts";
import type { Picture } from "./report_data.ts";

/** A hit and its picture. */
export interface PicturedHit {
  readonly hit: ExplainedNeighbour | ScoredNeighbour;
  readonly picture: Picture;
}

/** What is nearest by one notion, or by the mixture. */
export interface GalleryRow {
  /** By what. */
  readonly title: string;
  /** How it was measured; "" where there is nothing to say. */
  readonly note: string;
  readonly hits: readonly PicturedHit[];
}

/** What a gallery shows. */
export interface Gallery {
  /** The model's file. */
  readonly model: string;
  /** Where was searched. */
  readonly among: string;
  /** The query images, with what they are called. */
  readonly queries: readonly { readonly name: string; readonly picture: Picture }[];
  readonly rows: readonly GalleryRow[];
  /** Version of csn that draws it. */
  readonly csn: string;
}

/** What is in the head of every gallery, by which csn knows its own. */
const generator = '<meta name="generator" content="csn query">';

/** Whether a file that begins so is a gallery. */
export function isGallery(head: string): boolean {
  return head.includes(generator);
}

/** Wider than one picture in a row of triplets, so that names have room. */
const galleryStyle = `
.hits { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 0 1rem; }
.hits ul { padding: 0; margin: 0; list-style: none; }
`;

/** The page, which needs nothing else and runs nothing. */
export function galleryPage(gallery: Gallery): string {
  const { model, among, queries, rows, csn } = gallery;
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
${new Html(generator)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>Nearest to ${queries.map(({ name }) => name).join(", ")}</title>
<style>${new Html(pageStyle + galleryStyle)}</style>
</head>
<body>
<header>
<h1>Nearest to ${queries.length === 1 ? queries[0].name : `${queries.length} images`}</h1>
<dl>
<dt>model</dt><dd>${model}</dd>
<dt>among</dt><dd>${among}</dd>
</dl>
${
    beside(
      queries.map(({ name, picture }) => pictureFigure(picture, fileName(name), "query")),
      "hits",
    )
  }
<p>Made by csn ${csn}.</p>
</header>
<main>
${rows.map(rowHtml)}</main>
</body>
</html>
`.text;
}

function rowHtml({ title, note, hits }: GalleryRow): Html {
  const figures = hits.map(({ hit, picture }, place) =>
    pictureFigure(picture, caption(hit, place + 1), "hit")
  );
  return markup`<section>
<h2>${title}</h2>
${
    note === "" ? null : markup`<p>${note}</p>
`
  }${
    figures.length === 0
      ? markup`<p>No image is left to compare with.</p>
`
      : beside(figures, "hits")
  }</section>
`;
}

function caption(hit: ExplainedNeighbour | ScoredNeighbour, place: number): Content {
  const value = "score" in hit
    ? `score ${decimal(hit.score, 3)}`
    : `at ${decimal(hit.distance, 3)}`;
  const shares = Object.entries(hit.shares);
  const lines = [
    ...shares.length < 2 ? [] : shares.map(([notion, share]) => `${notion} ${percent(share)}`),
    ...Object.entries(hit.chances ?? {}).flatMap(([notion, { nearer, same }]) => {
      const by = shares.length < 2 ? "" : ` by ${notion}`;
      return [
        ...nearer === null ? [] : [`nearer than usual${by}: ${percent(nearer)}`],
        ...same === null ? [] : [`same value${by}: ${percent(same)}`],
      ];
    }),
  ];
  return [
    markup`<strong>${place}.</strong> ${fileName(hit.name)}<br>${value}`,
    lines.length === 0 ? null : markup`<ul>
${
      lines.map((line) =>
        markup`<li>${line}</li>
`
      )
    }</ul>`,
  ];
}

function fileName(name: string): Html {
  return markup`<span class="file">${name}</span>`;
}
