/**
 * The page's own style: no font, picture or script from elsewhere; light or dark as the reader has
 * it.
 */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ink: #1b1c1d; --ground: #ffffff; --line: #d9dbdf; --quiet: #5b5f66; --panel: #f5f6f8; --link: #005a8f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8e9ea; --ground: #16181b; --line: #3b3f45; --quiet: #a5a9b0; --panel: #1f2226; --link: #7cc4f0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem 1.25rem 4rem; max-width: 76rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}
h1 { font-size: 1.8rem; line-height: 1.2; margin: 1rem 0 .25rem; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p { max-width: 46rem; margin: .5rem 0; }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 1rem 0; list-style: none; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: 1rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
code { font-family: ui-monospace, "Liberation Mono", monospace; font-size: .9em; background: var(--panel);
  padding: .1em .3em; border-radius: .25em; }
.file { font-family: ui-monospace, "Liberation Mono", monospace; font-size: .85rem; }
figure { margin: .75rem 0; min-width: 0; }
figcaption { color: var(--quiet); font-size: .9rem; margin-top: .25rem; }
figcaption strong { color: var(--ink); }
figcaption ul { margin: 0; padding: 0; list-style: none; }
.scroll { overflow-x: auto; }
svg { display: block; max-width: 100%; height: auto; }
pre { margin: .5rem 0; padding: .5rem .75rem; overflow-x: auto; background: var(--panel); border-radius: .25rem; }
pre code { padding: 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 0 2rem; }
.maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); gap: 0 2rem; }
.rows { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); gap: 0 2rem; }
.triplets { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 0 1.5rem; }
img { max-width: 100%; height: auto; display: block; }
.map img { width: 100%; border: 1px solid var(--line); background: #ffffff; }
table { border-collapse: collapse; margin: .75rem 0; font-size: .92rem; font-variant-numeric: tabular-nums;
  overflow-wrap: normal; }
th, td { padding: .3rem .8rem .3rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 500; }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--link); }
@media print { details { display: none; } section { break-inside: avoid-page; } }
`;
