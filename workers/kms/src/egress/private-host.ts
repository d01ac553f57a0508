/** Hosts that are not public, by what they are called: what a name resolves to is looked at by the egress. */
import ipaddr from "ipaddr.js";

const LOCAL_NAME = /(^|\.)(localhost|local|internal|home\.arpa)\.?$/i;

/** Whether the host is an address that is no public one. A name is looked at again when it is resolved. */
export const isPrivateHost = (hostname: string): boolean => {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (!ipaddr.isValid(host)) return LOCAL_NAME.test(host);
  return ipaddr.process(host).range() !== "unicast";
};
