const RETRY_MS = 1_000;

/** A part of the client that is loaded late, for React's `lazy`: tried until it is there, because the server
 *  may be away when it is wanted. */
export function loadSurely<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => {
    for (;;) {
      try {
        return await load();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };
}
