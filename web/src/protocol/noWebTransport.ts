/** Stands for the transport of engine.io-client over HTTP/3, which our server does not have. */
export const WT = undefined;
