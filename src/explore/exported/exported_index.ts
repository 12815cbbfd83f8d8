import { CsnError } from "../../base/errors.ts";
import { pagePolicy } from "../guard.ts";

/** Where the line below serves the page. */
const address = "http://127.0.0.1:8000/";

/** What is said until the page's program runs, which browsers do not let it from a file. */
const unserved = `    <div id="unserved">
      <p>
        The page is loading. If it stays like this, it was opened as a file, and browsers let a page
        read the files beside it only from a web server. Any will do; in the folder of this page run
      </p>
      <pre>python3 -m http.server -b 127.0.0.1 8000</pre>
      <p>and open <a href="${address}">${address}</a>.</p>
    </div>
`;

/**
 * The page's own file as it is exported: it says itself what browsers may do with it, that it was
 * exported, and how it is opened.
 */
export function exportedIndex(html: string): string {
  const charset = `<meta charset="utf-8">\n`;
  const page = `    <div id="page"></div>\n`;
  if (!html.includes(charset) || !html.includes(page)) {
    throw new CsnError("Cannot export the page: its index.html is not as csn's is; set up again");
  }
  const said = [
    `    <meta http-equiv="Content-Security-Policy" content="${pagePolicy}">`,
    `    <meta name="referrer" content="no-referrer">`,
    `    <meta name="csn-exported" content="yes">`,
  ];
  return html.replace(charset, () => `${charset}${said.join("\n")}\n`)
    .replace(page, () => `${unserved}${page}`);
}
