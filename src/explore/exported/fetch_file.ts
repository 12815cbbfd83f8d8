/** A file of an exported page, beside the page. Rejects with what is wrong where there is none. */
export async function fetchFile(path: string, signal?: AbortSignal): Promise<Response> {
  const incomplete = "the folder was not copied whole, or the server does not give it";
  let response: Response;
  try {
    response = await fetch(path.split("/").map(encodeURIComponent).join("/"), { signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Error(`${path} does not come: the server of this page does not answer`);
  }
  if (response.ok) return response;
  throw new Error(`${path} does not come (${response.status}): ${incomplete}`);
}
