/** Networks that no call of an upstream may end in: the gateway refuses such targets, and its egress such connections. */

const OF_IPV4 = [
  // "This host": on Linux a connection to it is one to the loopback address.
  "0.0.0.0/8",
  "0.0.0.0/32",
  // Link-local: cloud metadata above all (AWS, GCP, Azure, DigitalOcean, …).
  "169.254.0.0/16",
  // Metadata of Alibaba Cloud, and Azure's platform.
  "100.100.100.200/32",
  "168.63.129.16/32",
  // For protocols of the IETF, with the metadata of Oracle Cloud (RFC 6890). workerd takes it for reserved.
  "192.0.0.0/24",
  // Multicast, reserved and broadcast: no server has such an address.
  "224.0.0.0/3",
];

/** The same by NAT64 (RFC 6052), and the loopback network. */
const byNat64 = (network: string): string => {
  const [address, length] = network.split("/");
  return `64:ff9b::${address}/${96 + Number(length)}`;
};

/**
 * Networks in which no upstream may be. workerd compares them with the address it is about to connect to, after a name is
 * resolved, and IPv4-mapped addresses as IPv4. A network that is denied must be at least as narrow as the one of workerd's
 * `private` that allows it: 0.0.0.0/8 does not deny 0.0.0.0, which `private` allows as 0.0.0.0/32. What workerd takes neither
 * for public nor for private is in the list as well, so that such a target is refused when it is stored.
 */
export const NEVER_REACHED: readonly string[] = [
  ...OF_IPV4,
  ...[...OF_IPV4, "127.0.0.0/8"].map(byNat64),
  "64:ff9b:1::/48",
  "::/128",
  "fe80::/10",
  // Metadata of AWS, GCP, Oracle Cloud and Scaleway over IPv6.
  "fd00:ec2::/32",
  "fd20:ce::/32",
  "fd00:c1::a9fe:a9fe/128",
  "fd00:42::42/128",
  // Ways to IPv4 addresses that would not be recognised: IPv4-compatible, IPv4-translated and 6to4.
  "::/96",
  "::ffff:0:0:0/96",
  "2002::/16",
  // For protocols of the IETF, with Teredo, another such way; discarded; multicast.
  "2001::/23",
  "100::/64",
  "ff00::/8",
];
