/** How a name or path stands in a command that is printed: quoted where a shell would part or change it. */
export function shellWord(text: string): string {
  const isPlain = /^[\w./+=@:,%-]+$/.test(text);
  return isPlain ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
