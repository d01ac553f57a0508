/** Where a call came from: what the connection says, and a proxy's word only where the operator trusts the proxy. */
import ipaddr from "ipaddr.js";
import { isWithin, type Network, parseNetwork } from "#shared/contracts/networks.ts";

/** Networks written as `10.0.0.0/8, ::1`; `undefined` when one of them is none. */
export const parseNetworks = (text: string): Network[] | undefined => {
  const parts = text.split(/[\s,]+/).filter((part) => part !== "");
  const networks = parts.map(parseNetwork).filter((network) => network !== undefined);
  return networks.length === parts.length ? networks : undefined;
};

/** An address with or without a port, in one spelling; `undefined` when it is none. */
const normalize = (text: string | undefined): string | undefined => {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(text ?? "")?.[1] ?? /^([\d.]+):\d+$/.exec(text ?? "")?.[1] ?? text?.trim();
  return bare !== undefined && ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : undefined;
};

/** workerd tells the peer's address in `cf.clientIp`; on the edge Cloudflare sets the header, whatever the caller sent. */
const peerOf = ({ cf, headers }: Pick<Request, "headers"> & { cf?: unknown }): string | undefined => {
  const told = typeof cf === "object" && cf !== null && "clientIp" in cf ? cf.clientIp : undefined;
  return normalize(typeof told === "string" ? told : (headers.get("cf-connecting-ip") ?? undefined));
};

/** The caller's address: the peer's, or, behind trusted proxies, the last one in X-Forwarded-For that is none of them. */
export const clientAddressOf = (
  request: Pick<Request, "headers"> & { cf?: unknown },
  trustedProxies: readonly Network[],
): string | undefined => {
  const peer = peerOf(request);
  if (peer === undefined || !isWithin(trustedProxies, peer)) return peer;
  const forwarded = (request.headers.get("x-forwarded-for") ?? "").split(",").map(normalize);
  return forwarded.findLast((address) => address === undefined || !isWithin(trustedProxies, address)) ?? peer;
};
