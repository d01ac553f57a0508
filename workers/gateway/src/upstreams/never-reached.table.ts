/** Hosts at which no upstream is: neither can one be stored there, nor does the runtime connect to one. */

/** Of every cloud and every network, in the forms that a URL may have. */
export const NEVER_REACHED_HOSTS: readonly string[] = [
  // Link-local, in every way to write an IPv4 address.
  ...["169.254.169.254", "2852039166", "0251.0376.0251.0376", "0xa9fea9fe", "169.254.170.2"],
  ...["[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[fe80::1]", "[febf::1]"],
  // Metadata of clouds elsewhere.
  ...["100.100.100.200", "168.63.129.16", "192.0.0.192", "[::ffff:192.0.0.192]"],
  ...["[fd00:ec2::254]", "[fd00:ec2::23]", "[fd20:ce::254]", "[fd00:c1::a9fe:a9fe]", "[fd00:42::42]"],
  // IPv4 addresses inside IPv6 addresses.
  ...["[64:ff9b::169.254.169.254]", "[64:ff9b::6464:64c8]", "[64:ff9b::168.63.129.16]", "[64:ff9b::192.0.0.192]"],
  ...["[64:ff9b::127.0.0.1]", "[64:ff9b::]", "[64:ff9b:1::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[2002:7f00:1::1]"],
  ...["[::169.254.169.254]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[2001:0:a9fe:a9fe::1]"],
  // This host.
  ...["0.0.0.0", "0", "0.1.2.3", "[::]", "[::ffff:0.0.0.0]"],
  // What no server has.
  ...["192.0.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"],
  ...["[100::1]", "[2001:2::1]", "[2001:1ff::1]", "[ff02::1]"],
];
