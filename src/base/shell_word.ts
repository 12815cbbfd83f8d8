/** A name or path as a word of a printed command: quoted where a shell would split or change it. */
export function shellWord(text: string): string {
  const isPlain = /^[\w./+=@:,%-]+$/.test(text);
  return isPlain ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
