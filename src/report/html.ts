/**
 * HTML as a value: whatever text goes into it is escaped once, so that names in the data stay text.
 */

/** HTML that needs no escaping any more. */
export class Html {
  /** The markup. */
  readonly text: string;

  /** Takes markup as it is; only code of this folder may make it from what it wrote itself. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in `${}` of a template: text and numbers are escaped, null leaves nothing. */
export type Content = string | number | Html | null | readonly Content[];

/**
 * A template of HTML: `` markup`<td>${name}</td>` ``. (Called `html`, deno fmt would lay it out
 * anew, and add blanks that are seen.)
 */
export function markup(parts: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(
    parts.map((part, i) => part + (i < contents.length ? rendered(contents[i]) : "")).join(""),
  );
}

/** A paragraph: `` paragraph`About ${name}.` ``. */
export function paragraph(parts: TemplateStringsArray, ...contents: Content[]): Html {
  return markup`<p>${markup(parts, ...contents)}</p>
`;
}

/** Text as HTML shows it, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function rendered(content: Content): string {
  if (content === null) return "";
  if (content instanceof Html) return content.text;
  if (typeof content === "object") return content.map(rendered).join("");
  return escapeHtml(String(content));
}
