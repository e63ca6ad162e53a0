/** Which ways to the outside a browser finds: by the candidates that it gathers. */

export interface Gathered {
  readonly types: ReadonlySet<RTCIceCandidateType>;
  /** Until the first candidate of the type that was asked for; null where none came. */
  readonly ms: number | null;
  /** URLs that did not answer, as far as the browser says so. */
  readonly silent: ReadonlySet<string>;
}

/** Gathers until a candidate of the type comes, all have come, or the time is over. Never rejects. */
export async function gather(
  configuration: RTCConfiguration,
  wanted: RTCIceCandidateType,
  timeoutMs: number,
): Promise<Gathered> {
  const link = new RTCPeerConnection(configuration);
  const types = new Set<RTCIceCandidateType>();
  const silent = new Set<string>();
  const began = performance.now();
  let ms: number | null = null;
  try {
    const over = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      link.onicecandidate = ({ candidate }) => {
        if (candidate?.type) types.add(candidate.type);
        if (candidate?.type === wanted) ms ??= performance.now() - began;
        if (candidate === null || candidate.type === wanted) {
          clearTimeout(timer);
          resolve();
        }
      };
      link.onicecandidateerror = ({ url }) => {
        if (url !== '') silent.add(url);
      };
    });
    link.createDataChannel('check');
    await link.setLocalDescription();
    await over;
  } finally {
    link.close();
  }
  return { types, ms, silent };
}

/** The TURN URLs of a list, each with its credentials, by the way that leads there (RFC 7065). */
export function turnWays(
  servers: readonly RTCIceServer[],
): Readonly<Record<'udp' | 'tcp' | 'tls', readonly RTCIceServer[]>> {
  const ways: Record<'udp' | 'tcp' | 'tls', RTCIceServer[]> = { udp: [], tcp: [], tls: [] };
  for (const server of servers) {
    for (const url of urlsOf(server)) {
      const way = url.startsWith('turns:') ? 'tls' : url.endsWith('?transport=tcp') ? 'tcp' : 'udp';
      if (url.startsWith('turn')) ways[way].push({ ...server, urls: [url] });
    }
  }
  return ways;
}

export function stunUrls(servers: readonly RTCIceServer[]): readonly string[] {
  return servers.flatMap(urlsOf).filter((url) => url.startsWith('stun'));
}

function urlsOf({ urls }: RTCIceServer): readonly string[] {
  return typeof urls === 'string' ? [urls] : urls;
}
